// The inbox with a keyboard: x chooses, a key acts on what is chosen or on where one is; the list does not move under one's hands.
const PLACE = "kintsugi-inbox-row";
const bulk = () => document.getElementById("bulk");
const list = () => document.getElementById("inbox");
const boxes = () => [...document.querySelectorAll("input[name=alert][form=bulk]")];
const ticked = () => boxes().filter((box) => box.checked);

// --- choosing ---

function boxOf(place) {
  return place?.closest("tr")?.querySelector("input[name=alert]") ?? null;
}

function count() {
  const chosen = ticked().length;
  const told = document.getElementById("bulk-count");
  if (told) told.textContent = chosen ? `${chosen} chosen` : "None chosen";
  bulk()?.classList.toggle("bulk--some", chosen > 0);
}

function choose(event) {
  if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.documentElement.dataset.keys === "off") return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  const box = boxOf(document.activeElement);
  if (!box) return;
  event.preventDefault();
  box.checked = !box.checked;
  count();
}

// --- acting: with nothing chosen, a key means the row one is in; a click means nothing then ---

function act(event) {
  const button = event.target.closest("#bulk button");
  if (!button || event.detail > 0 || ticked().length) return;
  const box = boxOf(document.activeElement);
  if (box) box.checked = true;
}

function remember(event) {
  if (event.target !== bulk()) return;
  const titles = [...document.querySelectorAll("#inbox tbody th a")];
  const row = document.activeElement?.closest("tr");
  const at = titles.findIndex((title) => title.closest("tr") === row);
  if (at >= 0) sessionStorage.setItem(PLACE, String(at));
}

function goBack() {
  const kept = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (kept === null) return;
  const titles = [...document.querySelectorAll("#inbox tbody th a")];
  titles[Math.min(Number(kept), titles.length - 1)]?.focus();
}

// --- news: held back while one chooses or points, and offered in words ---

const idsIn = (root) => [...root.querySelectorAll("tr[id]")].map((row) => row.id);

function newIn(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const known = new Set(idsIn(list()));
  return idsIn(template.content).filter((id) => !known.has(id)).length;
}

let shows = false;

function hold(event) {
  const { ctx } = event.detail;
  if (ctx.sourceElement.id !== "inbox" || shows) return;
  const isHeld = ticked().length > 0 || list().matches(":hover, :focus-within");
  if (!isHeld) return;
  event.preventDefault();
  const line = document.getElementById("held-line");
  const fresh = newIn(ctx.text);
  line.hidden = false;
  document.getElementById("held-alerts").textContent = fresh ? `Show ${fresh} new` : "Show what has changed";
}

function shown(event) {
  if (event.detail.ctx.sourceElement.id !== "inbox") return;
  shows = false;
  document.getElementById("held-line").hidden = true;
  count();
}

function release() {
  shows = true;
  htmx.trigger(document.getElementById("live"), "alerts");
}

document.addEventListener("keydown", choose);
document.addEventListener("change", (event) => {
  if (event.target.matches("input[name=alert]")) count();
});
document.addEventListener("htmx:before:swap", hold);
document.addEventListener("htmx:after:swap", shown);
document.getElementById("held-alerts")?.addEventListener("click", release);
document.addEventListener("click", act, true);
document.addEventListener("submit", remember);
goBack();
count();
