// Keys, the palette and the list of keys. Each key stands beside a control that does the same.
// data-key="c" or data-key="g i" on a link, button or field. A setting turns keys of one letter off.
// Ctrl-Enter in a form with data-saves presses its main button.
const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const offersKeys = document.documentElement.dataset.keys !== "off";
let begun = "";
let begunAt = 0;

function opened(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  dialog.showModal();
  dialog.querySelector("input")?.select();
  if (id === "palette") offerRooms();
}

function use(place) {
  if (place.matches(FIELDS)) {
    place.focus();
    return;
  }
  if (place.matches("summary")) place.parentElement.open = true;
  else place.click();
}

// --- lists: j and k go from title to title, or from box to box; Enter is the link's own, Space the box's ---

function step(by) {
  const titles = [...document.querySelectorAll("main tbody th a, main .rows > li > a:first-child, main .rows input[name=take]")];
  if (!titles.length) return false;
  const at = titles.indexOf(document.activeElement);
  titles[Math.min(titles.length - 1, Math.max(0, at + by))].focus();
  return true;
}

function search() {
  const field = document.querySelector("main [role=search] input:not([type=hidden]), main input[type=search]");
  if (field) field.focus();
  else opened("palette");
}

const OWN = {
  "/": search,
  "?": () => opened("keys"),
  j: () => step(1),
  k: () => step(-1),
};

function press(event) {
  if (event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
    event.preventDefault();
    opened("palette");
    return;
  }
  const saved = (event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.closest("form[data-saves]");
  if (saved) {
    event.preventDefault();
    saved.requestSubmit(saved.querySelector(".btn--main"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !offersKeys) return;
  if (event.target.closest(FIELDS) || document.querySelector("dialog[open]")) return;
  const key = begun && event.timeStamp - begunAt < 1000 ? `${begun} ${event.key}` : event.key;
  begun = "";
  const found = [...document.querySelectorAll("[data-key]")];
  const hit = found.find((place) => place.dataset.key === key);
  if (hit) {
    event.preventDefault();
    use(hit);
  } else if (OWN[key]) {
    if (OWN[key]() !== false) event.preventDefault();
  } else if (found.some((place) => place.dataset.key.startsWith(`${key} `))) {
    begun = key;
    begunAt = event.timeStamp;
  }
}

// --- the palette: rooms are narrowed here, incidents are found by the server ---

function offerRooms() {
  const typed = document.getElementById("palette-text").value.trim().toLowerCase();
  for (const row of document.querySelectorAll("#palette-rooms > li")) {
    row.hidden = !row.textContent.toLowerCase().includes(typed);
  }
}

function walk(event) {
  const links = [...document.querySelectorAll("#palette li:not([hidden]) a")];
  const at = links.indexOf(document.activeElement);
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by && links.length) {
    event.preventDefault();
    if (at + by < 0) document.getElementById("palette-text").focus();
    else links[Math.min(links.length - 1, at + by)].focus();
  } else if (event.key === "Enter" && event.target.id === "palette-text" && links.length) {
    event.preventDefault();
    links[0].click();
  }
}

document.addEventListener("keydown", press);
document.getElementById("palette")?.addEventListener("keydown", walk);
document.getElementById("palette-text")?.addEventListener("input", offerRooms);
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  opened(opener.dataset.opens);
});
