// A why-tree line by line: Enter goes on, Tab asks deeper, Shift-Tab lifts. The text below stays what is sent; without a
// script it is all there is. Reads and writes the outline as formats/whys/outline.py does.
const PARTS = { "?": "question", "=": "answer", "@": "evidence", "#": "category", "~": "confidence" };
const FILE = /^\s*(?:[-*+] |\d{1,3}[.)] |#+ |[{[]|Problem:)/;
const DEEPEST = 40;
const DRAWN = 8;
const place = document.querySelector("[data-outline]");
const text = place?.querySelector("textarea[name=whys]");
const list = place?.querySelector("ol");
const told = place?.querySelector("[data-outline-told]");
const pattern = place?.querySelector("[data-outline-row]");

// --- text to rows and back ---

function marked(words) {
  if (words.trimEnd() === "!") return ["!", ""];
  if ("?=@#~|".includes(words[0]) && (words.length === 1 || words[1] === " ")) return [words[0], words.slice(2)];
  return [words.trimEnd().endsWith("?") ? "?" : "=", words];
}

function rowsOf(outline) {
  const rows = [];
  const open = [];
  let latest = "question";
  for (const line of outline.split("\n")) {
    if (!line.trim()) continue;
    const words = line.replace(/^[ \t]+/, "");
    const indent = line.slice(0, line.length - words.length).replaceAll("\t", "  ").length;
    const [mark, said] = marked(words);
    if (mark === "?" || !rows.length) {
      while (open.length && open.at(-1) >= indent) open.pop();
      open.push(indent);
      rows.push({ level: open.length, question: "", answer: "", evidence: "", category: "", confidence: "", actionable: false });
      latest = "question";
    }
    const row = rows.at(-1);
    if (mark === "!") row.actionable = true;
    else if (mark === "|") row[latest] += `\n${said}`;
    else {
      latest = PARTS[mark];
      row[latest] = row[latest] && latest !== "confidence" ? `${row[latest]}\n${said}` : said;
    }
  }
  return rows;
}

function outlineOf(rows) {
  const lines = [];
  for (const row of rows) {
    const indent = "  ".repeat(row.level - 1);
    for (const [mark, part] of Object.entries(PARTS)) {
      if (!row[part] && mark !== "?") continue;
      const [first, ...more] = row[part].split("\n");
      lines.push(`${indent}${mark} ${first}`, ...more.map((line) => `${indent}| ${line}`));
    }
    if (row.actionable) lines.push(`${indent}!`);
  }
  return lines.join("\n");
}

// --- rows as they stand on the page ---

const items = () => [...list.children];
const levelOf = (item) => Number(item.dataset.level);
const part = (item, name) => item.querySelector(`[data-part=${name}]`);

function setLevel(item, level) {
  item.dataset.level = level;
  item.dataset.drawn = Math.min(level, DRAWN);
  part(item, "question").setAttribute("aria-label", `Question, level ${level}`);
  part(item, "answer").setAttribute("aria-label", `Answer, level ${level}`);
}

function choose(select, value) {
  if (value && ![...select.options].some((option) => option.value === value)) select.add(new Option(value, value));
  select.value = value;
}

function made(row) {
  const item = pattern.content.firstElementChild.cloneNode(true);
  setLevel(item, row.level);
  part(item, "question").value = row.question;
  part(item, "answer").value = row.answer;
  const evidence = part(item, "evidence");
  const isOffered = [...evidence.options].some((option) => option.value === row.evidence && option.value !== "*");
  evidence.value = isOffered ? row.evidence : "*";
  part(item, "words").value = isOffered ? "" : row.evidence;
  part(item, "words").hidden = isOffered;
  choose(part(item, "category"), row.category);
  choose(part(item, "confidence"), row.confidence.trim().toLowerCase());
  part(item, "actionable").checked = row.actionable;
  return item;
}

function read(item) {
  const evidence = part(item, "evidence").value;
  return {
    level: levelOf(item),
    question: part(item, "question").value,
    answer: part(item, "answer").value,
    evidence: evidence === "*" ? part(item, "words").value : evidence,
    category: part(item, "category").value,
    confidence: part(item, "confidence").value,
    actionable: part(item, "actionable").checked,
  };
}

function keep() {
  text.value = outlineOf(items().map(read));
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

function below(item) {
  const all = items();
  const at = all.indexOf(item);
  const end = all.findIndex((other, place) => place > at && levelOf(other) <= levelOf(item));
  return all.slice(at, end < 0 ? undefined : end);
}

// --- what one does with a row ---

function move(item, by) {
  const before = item.previousElementSibling;
  const level = levelOf(item) + by;
  const family = below(item);
  const deepest = Math.max(...family.map(levelOf)) + by;
  if (level < 1 || deepest > DEEPEST || (by > 0 && (!before || level > levelOf(before) + 1))) return false;
  for (const one of family) setLevel(one, levelOf(one) + by);
  told.textContent = `Level ${level}`;
  keep();
  return true;
}

function add(item, level) {
  const row = { level, question: "Why?", answer: "", evidence: "", category: "", confidence: "", actionable: false };
  const item2 = made(row);
  if (item) item.after(item2);
  else list.append(item2);
  const question = part(item2, "question");
  question.focus();
  question.select();
  told.textContent = `A why at level ${level}`;
  keep();
}

function goOn(item) {
  const next = item.nextElementSibling;
  const isParent = next && levelOf(next) > levelOf(item);
  add(item, isParent ? levelOf(next) : levelOf(item));
}

function remove(item) {
  const near = item.previousElementSibling ?? item.nextElementSibling;
  for (const one of below(item).slice(1)) setLevel(one, Math.max(1, levelOf(one) - 1));
  item.remove();
  if (near) part(near, "answer").focus();
  else add(null, 1);
  told.textContent = "Removed";
  keep();
}

const ACTS = {
  deeper: (item) => move(item, 1),
  lift: (item) => move(item, -1),
  ask: (item) => add(item, Math.min(DEEPEST, levelOf(item) + 1)),
  remove,
};

// --- keys: they act in the two texts of a row alone, and Esc gives Tab back ---

let isLeaving = false;

function press(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.closest("textarea[data-part]");
  if (!field) return;
  const item = field.closest("li");
  if (event.key === "Escape") isLeaving = true;
  else if (event.key === "Tab" && !isLeaving) {
    if (move(item, event.shiftKey ? -1 : 1)) event.preventDefault();
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    if (field.dataset.part === "question") part(item, "answer").focus();
    else goOn(item);
  } else if (event.key === "Backspace" && !field.value && !part(item, "answer").value && items().length > 1) {
    event.preventDefault();
    remove(item);
  }
}

function changed(event) {
  if (!event.target.dataset.part) return;
  const item = event.target.closest("li");
  if (event.target.dataset.part === "evidence") {
    const words = part(item, "words");
    words.hidden = event.target.value !== "*";
    if (!words.hidden && event.type === "change") words.focus();
  }
  keep();
}

// --- line by line, or as text ---

function showRows() {
  if (FILE.test(text.value)) return false; // a pasted file: the server makes our outline of it
  const rows = rowsOf(text.value);
  list.replaceChildren(...(rows.length ? rows : rowsOf("? Why did it happen?")).map(made));
  swap(true);
  return true;
}

function swap(isRows) {
  place.querySelector("[data-outline-rows]").hidden = !isRows;
  place.querySelector("[data-outline-source]").hidden = isRows;
  place.querySelector("[data-outline-back]").hidden = isRows;
}

if (place && text && list) {
  list.addEventListener("keydown", press);
  list.addEventListener("input", changed);
  list.addEventListener("change", changed);
  list.addEventListener("focusin", () => { isLeaving = false; });
  list.addEventListener("click", (event) => {
    const act = ACTS[event.target.closest("[data-act]")?.dataset.act];
    if (act) act(event.target.closest("li"));
  });
  place.querySelector("[data-outline-add]").addEventListener("click", () => add(items().at(-1), 1));
  place.querySelector("[data-outline-text]").addEventListener("click", () => { swap(false); text.focus(); });
  place.querySelector("[data-outline-back] button").addEventListener("click", () => { if (!showRows()) text.focus(); });
  const isWrong = text.getAttribute("aria-invalid") === "true";
  if (isWrong || !showRows()) swap(false);
}

// --- answers that become factors and actions: f and a on the row that one is in, which is found again afterwards ---

const ROW = "kintsugi-answer-row";

function act(event) {
  const rows = event.target.closest?.("[data-row-keys]");
  if (!rows || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.documentElement.dataset.keys === "off") return;
  const row = event.target.closest("li");
  const button = row?.querySelector(`[data-row-key="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
}

function remember(event) {
  const rows = event.target.querySelector?.("[data-row-keys]");
  const row = event.submitter?.closest("li");
  if (rows && row) sessionStorage.setItem(ROW, String([...rows.children].indexOf(row)));
}

const kept = sessionStorage.getItem(ROW);
sessionStorage.removeItem(ROW);
// Once the page is whole: going to the place in its address takes the focus away.
window.addEventListener("load", () => {
  if (kept !== null) document.querySelector("[data-row-keys]")?.children[Number(kept)]?.querySelector("a")?.focus();
});
document.addEventListener("keydown", act);
document.addEventListener("submit", remember);
