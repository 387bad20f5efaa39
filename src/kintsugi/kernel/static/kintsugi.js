// What a page gains with a script: times that keep on ticking, and keys. Every page works without it.
"use strict";

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

// --- keys: data-key="c" or data-key="g i" on a link or button ---

const FIELDS = "input, textarea, select, [contenteditable]";
let begun = "";
let begunAt = 0;

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest(FIELDS)) return;
  const key = begun && event.timeStamp - begunAt < 1000 ? `${begun} ${event.key}` : event.key;
  begun = "";
  if (key === "/") {
    const search = document.querySelector("[data-search], input[type=search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
    return;
  }
  const found = [...document.querySelectorAll("[data-key]")];
  const hit = found.find((place) => place.dataset.key === key);
  if (hit) {
    event.preventDefault();
    hit.click();
  } else if (found.some((place) => place.dataset.key.startsWith(`${key} `))) {
    begun = key;
    begunAt = event.timeStamp;
  }
}

setInterval(tick, 10000);
document.addEventListener("keydown", press);
