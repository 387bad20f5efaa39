// The console of an incident: keys for its parts, and forms that leave one on the page. Without a script each form is an ordinary POST.
const FIELDS = "input, textarea, select, [contenteditable]";
const STARTS = { i: "", n: "", s: "/status ", v: "/sev " };
const SECTIONS = { q: "triage", r: "roles", t: "tasks", l: "timeline", a: "alerts", p: "people" };
const deck = document.querySelector("[data-console]");
const entry = () => document.getElementById("n-text");
const live = () => document.getElementById("live");

// --- keys ---

function write(start) {
  const field = entry();
  if (!field) return;
  if (start && !field.value) {
    field.value = start;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

const rowsOf = (part) => [...(part?.querySelectorAll(".rows > li, .tl > li[id]") ?? [])];

function enter(row) {
  row.tabIndex = -1;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function go(id) {
  const part = document.getElementById(id);
  const rows = rowsOf(part);
  const first = rows.find((row) => row.matches(".is-asked")) ?? rows[0];
  if (first) enter(first);
  else part?.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const here = document.activeElement.closest(".rows > li, .tl > li");
  const rows = rowsOf(here?.closest(".panel") ?? document.getElementById("tasks"));
  const at = rows.indexOf(here);
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
  if (next) enter(next);
}

function press(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target === entry() && event.key === "Escape") {
    event.target.blur();
    return;
  }
  if (document.documentElement.dataset.keys === "off" || event.target.closest(FIELDS)) return;
  const row = event.target.matches(".rows > li, .tl > li") ? event.target : null;
  const answer = row?.querySelector(`[data-answer="${CSS.escape(event.key)}"]`);
  if (answer) {
    step(1); // it goes from the list once it is answered
    answer.click();
  } else if (event.key in STARTS) write(STARTS[event.key]);
  else if (event.key in SECTIONS) go(SECTIONS[event.key]);
  else if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
  else if (event.key === "Enter" && row && !row.matches(".is-asked")) row.querySelector("summary, button, a")?.click();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("keydown", press, true);
document.addEventListener("click", (event) => {
  const starter = event.target.closest("[data-starts]");
  if (!starter) return;
  event.preventDefault();
  write(starter.dataset.starts);
});

// --- forms: sent from here, answered by the stream; a refused one says why and keeps what was typed ---

function say(text) {
  const place = document.querySelector("[data-refused]");
  if (!place) return;
  place.hidden = !text;
  place.textContent = text;
}

async function why(answer) {
  if (answer.status === 401) return "You are signed out. Sign in, then try again.";
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const said = page.querySelector("main .banner--bad .grow, main .wrong span, main .wrong") ?? page.querySelector("main p");
  return said ? said.textContent.trim() : "Not saved. Try again.";
}

async function send(form, button) {
  const row = form.closest("li[id]")?.id;
  let answer;
  try {
    answer = await fetch(form.action, {
      method: "POST", body: new URLSearchParams(new FormData(form, button)), redirect: "manual", headers: { Accept: "text/html" },
    });
  } catch {
    say("Not saved: no answer. Try again.");
    return;
  }
  if (answer.type !== "opaqueredirect" && !answer.ok) {
    say(await why(answer));
    return;
  }
  say("");
  form.removeAttribute("hx-morph-skip");
  if (!row) form.reset();
  if (!live()?.classList.contains("live--on")) window.location.reload();
}

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (!deck?.contains(form) || form.hasAttribute("hx-post") || form.method !== "post" || form.enctype.startsWith("multipart")) return;
  event.preventDefault();
  send(form, submitter);
});
