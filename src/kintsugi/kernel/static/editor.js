// Writing a postmortem: what is typed is saved within 2 s, also while one types on, and kept in this browser until it is.
const WAIT = 1200;
const SLOW = 600;
const AGAIN = 8000;
const KEEPALIVE_MOST = 60000;
const desk = document.querySelector("[data-drafts]");
const forms = [...document.querySelectorAll("form[data-part]")];
const states = new Map();

// --- a draft in this browser: kept from the first key on, dropped once the server has it ---

const keyOf = (form) => `kintsugi-draft:${desk.dataset.drafts}:${form.dataset.part}`;

function valuesOf(form) {
  const values = {};
  for (const [name, value] of new FormData(form)) values[name] = value;
  return values;
}

// The text alone: which version it was read at, and what it was, is no text.
const textOf = (values) =>
  JSON.stringify(Object.entries(values).filter(([name, value]) => value && !/^(version|was\.|at\.)/.test(name)));

function keep(form) {
  try {
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), values: valuesOf(form) }));
  } catch {
    // Full or shut off: the server is still asked to save.
  }
}

function kept(form) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(form)));
  } catch {
    return null;
  }
}

const drop = (form) => localStorage.removeItem(keyOf(form));

// --- saying how it stands ---

const clock = (at) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
const partOf = (form) => form.closest("section.part");

// Read out when it changes, and so not on every save.
function say(form, text) {
  for (const place of [partOf(form).querySelector("[data-saved]"), document.querySelector("[data-saved-all]")]) {
    if (place && place.textContent !== text) place.textContent = text;
  }
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn--sm";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

function warn(form, text, ...buttons) {
  const place = form.querySelector("[data-unsaved]");
  place.replaceChildren();
  place.hidden = !text;
  if (text) place.append(text, " ", ...buttons);
}

function copied(form) {
  const texts = [...form.querySelectorAll("textarea, input[type=text]")].map((one) => one.value);
  navigator.clipboard?.writeText(texts.filter(Boolean).join("\n\n"));
  say(form, "Copied");
}

function failed(form, why) {
  say(form, "Not saved");
  warn(form, `Not saved. ${why} It is kept in this browser.`,
    button("Try again", () => save(form)), button("Copy text", () => copied(form)));
}

// --- saving ---

// What was refused is written otherwise now.
function unrefuse(form) {
  if (!form.dataset.refused) return;
  delete form.dataset.refused;
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  for (const field of form.querySelectorAll(".field--wrong")) field.classList.remove("field--wrong");
  const told = [...form.querySelectorAll(".field .wrong"), partOf(form).querySelector(".banner--bad"), document.querySelector("#unsaved + .banner--bad")];
  for (const one of told) one?.remove();
}

function taken(form, answer) {
  unrefuse(form);
  for (const [field, version] of Object.entries(answer.at)) hidden(form, `at.${field}`, version);
  renumber(form, answer);
  for (const [field, was] of Object.entries(answer.was)) hidden(form, `was.${field}`, was);
  const score = document.querySelector("[data-score]");
  if (score) score.textContent = Math.floor(answer.completeness.value);
  warn(form, "");
  say(form, `Saved ${clock(answer.savedAt)}`);
}

function hidden(form, name, value) {
  let field = form.querySelector(`input[type=hidden][name="${name}"]`);
  if (!field) {
    field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    form.prepend(field);
  }
  field.value = value;
}

// Rows move when a list is put in order: each field of a row takes the number the row has now.
function renumber(form, answer) {
  let free = answer.rows;
  const now = new Map();
  for (const number of Object.keys(answer.places).map(Number).sort((one, other) => one - other)) {
    now.set(String(number), answer.places[number] ?? free++);
  }
  for (const field of form.querySelectorAll("[data-row] [name]")) {
    const [head, number, ...rest] = field.name.split(".");
    if (now.has(number)) field.name = [head, now.get(number), ...rest].join(".");
  }
}

async function save(form, isLeaving = false) {
  const state = states.get(form);
  clearTimeout(state.timer);
  state.timer = 0;
  if (state.isSaving) {
    state.isStale = true;
    return;
  }
  const sent = new URLSearchParams(valuesOf(form));
  const text = textOf(valuesOf(form));
  if (text === state.saved) return;
  state.isSaving = true;
  state.isStale = false;
  const slow = setTimeout(() => say(form, "Saving"), SLOW);
  try {
    const answer = await fetch(`${form.getAttribute("action")}/autosave`, {
      method: "POST",
      body: sent,
      headers: { Accept: "application/json" },
      keepalive: isLeaving && sent.toString().length < KEEPALIVE_MOST,
      redirect: "error",
    });
    if (answer.ok) {
      const told = await answer.json();
      const isSame = textOf(valuesOf(form)) === text;
      taken(form, told);
      if (isSame) {
        state.saved = textOf(valuesOf(form));
        drop(form);
      }
    } else await refused(form, answer);
  } catch {
    failed(form, "The server does not answer.");
    state.timer = setTimeout(() => save(form), AGAIN);
  }
  clearTimeout(slow);
  state.isSaving = false;
  if (state.isStale) save(form);
}

async function refused(form, answer) {
  if (answer.status === 412) {
    states.get(form).isLost = true;
    say(form, "Not saved");
    warn(form, "Somebody changed this section while you wrote.",
      button("Look at both texts", () => form.requestSubmit()));
    return;
  }
  if (answer.status === 401) return failed(form, "You are signed out; sign in in another tab, then try again.");
  const told = await answer.json().catch(() => null);
  failed(form, `${told?.detail ?? "The server refused it"}.`);
}

// --- what one types ---

function typed(event) {
  const form = event.target.closest("form[data-part]");
  if (!form) return;
  const state = states.get(form);
  keep(form);
  if (!state.isLost) state.timer ||= setTimeout(() => save(form), WAIT);
}

function left(event) {
  const form = event.target.closest?.("form[data-part]");
  if (form && kept(form) && !states.get(form).isLost) save(form);
}

function hide() {
  if (document.visibilityState !== "hidden") return;
  for (const form of forms) if (kept(form)) save(form, true);
}

// --- what a browser that was killed had not saved yet ---

function offer(form) {
  const draft = kept(form);
  if (!draft) return;
  if (textOf(draft.values) === textOf(valuesOf(form))) {
    if (!form.dataset.refused) drop(form);
    return;
  }
  warn(form, `Text of yours from ${clock(draft.at)} was not saved.`,
    button("Put it back", () => putBack(form, draft)),
    button("Drop it", () => { drop(form); warn(form, ""); }));
  const place = document.getElementById("unsaved");
  place.hidden = false;
  const link = document.createElement("a");
  link.href = `#${form.dataset.part}`;
  link.textContent = `Unsaved text of yours: ${partOf(form).querySelector("h2").textContent}`;
  const line = document.createElement("p");
  line.append(link);
  place.append(line);
}

function putBack(form, draft) {
  for (const field of form.elements) {
    if (!field.name || /^(version$|was\.|at\.)/.test(field.name)) continue;
    if (field.type === "checkbox") field.checked = field.name in draft.values;
    else if (field.name in draft.values) field.value = draft.values[field.name];
  }
  warn(form, "");
  save(form);
}

// --- preview, keys, findings ---

async function preview(event) {
  const pressed = event.target.closest("[data-previews]");
  if (!pressed) return;
  event.preventDefault();
  const form = pressed.form;
  const place = form.querySelector("[data-preview-of]");
  const text = [...form.querySelectorAll("textarea")].map((one) => one.value).join("\n\n");
  const address = form.getAttribute("action").replace(/\/edit\/.*/, "/preview");
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams({ text }) });
  if (!answer.ok) return;
  place.innerHTML = await answer.text(); // made safe by the server
  place.hidden = false;
}

function press(event) {
  if (event.isComposing) return;
  const form = event.target.closest?.("form[data-part]");
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    save(form);
    return;
  }
  if (document.documentElement.dataset.keys === "off" || event.target.closest?.("input, textarea, select")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || !["[", "]"].includes(event.key)) return;
  const links = [...document.querySelectorAll("[data-finding]")];
  if (!links.length) return;
  const at = links.indexOf(document.activeElement) + (event.key === "]" ? 1 : -1);
  links[Math.min(links.length - 1, Math.max(0, at))].focus();
}

if (desk) {
  for (const form of forms) {
    states.set(form, { timer: 0, isSaving: false, isStale: false, isLost: form.dataset.refused === "lost", saved: textOf(valuesOf(form)) });
    form.addEventListener("submit", () => clearTimeout(states.get(form).timer));
    offer(form);
  }
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  document.addEventListener("focusout", left);
  document.addEventListener("visibilitychange", hide);
  document.addEventListener("click", preview);
  document.addEventListener("keydown", press);
  document.addEventListener("click", (event) => {
    const dropper = event.target.closest("[data-drops]");
    if (dropper) drop(dropper.closest("form"));
  });
}
