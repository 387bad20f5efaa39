// What a page gains with a script: times that keep on ticking, and a switch to UTC. Every page works without it.
// --- how long ago; written as Times.ago in kernel/web.py ---

function written(minutes) {
  if (minutes >= 1440) return `${Math.floor(minutes / 1440)} d`;
  const hours = Math.floor(minutes / 60);
  return [hours && `${hours} h`, minutes % 60 && `${minutes % 60} min`].filter(Boolean).join(" ");
}

function ago(at, now) {
  const seconds = (now - at) / 1000;
  if (Math.abs(seconds) < 60) return "now";
  const said = written(Math.floor(Math.abs(seconds) / 60));
  return seconds > 0 ? `${said} ago` : `in ${said}`;
}

function tick() {
  for (const place of document.querySelectorAll("time [data-ago]")) {
    const at = Date.parse(place.closest("time").dateTime);
    const text = ago(at, Date.now());
    if (place.textContent !== text) place.textContent = text;
  }
}

// --- local time or UTC: the server writes the reader's zone, UTC stands in the title ---

const UTC = "kintsugi-utc";
const inUtc = () => sessionStorage.getItem(UTC) === "on";

function utcOf(time) {
  const [day, clock] = time.title.replace(" UTC", "").split(" ");
  return day === new Date().toISOString().slice(0, 10) ? clock : `${day} ${clock}`;
}

function showZone() {
  const place = document.querySelector("[data-zone-name]");
  if (!place) return;
  const button = place.closest("button");
  button.hidden = false;
  place.dataset.local ??= place.textContent;
  place.textContent = inUtc() ? "UTC" : place.dataset.local;
  for (const clock of document.querySelectorAll("time [data-clock]")) {
    const comma = clock.textContent.endsWith(",") ? "," : "";
    if (inUtc()) {
      clock.dataset.local ??= clock.textContent;
      clock.textContent = utcOf(clock.closest("time")) + comma;
    } else if (clock.dataset.local) {
      clock.textContent = clock.dataset.local;
      delete clock.dataset.local;
    }
  }
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-zone-switch]")) return;
  sessionStorage.setItem(UTC, inUtc() ? "off" : "on");
  showZone();
});
document.addEventListener("htmx:after:swap", () => {
  tick();
  showZone();
  showTops();
});

// --- a drawing that is wider than its place opens with its top in view, and stays where one has scrolled it ---

const scrolled = new Map();

function showTops() {
  for (const place of document.querySelectorAll(".drawing.scroller")) {
    const room = place.scrollWidth - place.clientWidth;
    if (room <= 0 || place.dataset.seen) continue;
    const top = place.querySelector("[data-top]")?.getBoundingClientRect();
    const here = place.getBoundingClientRect();
    const middle = top ? place.scrollLeft + top.x + top.width / 2 - here.x - here.width / 2 : room / 2;
    place.scrollLeft = scrolled.get(place.ariaLabel) ?? middle;
    place.dataset.seen = "yes";
    place.addEventListener("scroll", () => {
      if (Math.abs(place.scrollLeft - middle) > 2) scrolled.set(place.ariaLabel, place.scrollLeft);
    }, { passive: true });
  }
}


// --- a text that is taken away whole ---

for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = !navigator.clipboard; // it is there on https and on this very machine alone
  const word = button.lastChild;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
    word.textContent = "Copied";
  });
}

setInterval(tick, 10000);
showTops();
showZone();
