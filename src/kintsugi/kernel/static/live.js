// A page that follows: what htmx fetches again must not take what one is writing, nor move under the pointer.
const QUIET = 10000;
const DEAD = 20000;
const live = document.getElementById("live");
const title = document.title;
let heardAt = 0;
let connection = null;
let fresh = 0;

// --- "Live, 14:05:09": the server says something every 5 s, so silence is the absence of news ---

function clock(at) {
  const zone = sessionStorage.getItem("kintsugi-utc") === "on" ? "UTC" : live.dataset.zone;
  return new Date(at).toLocaleTimeString("en-GB", { timeZone: zone });
}

function show() {
  if (!live) return;
  const isLive = heardAt > 0 && Date.now() - heardAt < QUIET;
  const last = heardAt ? `Last news at ${clock(heardAt)}, trying` : "Trying";
  live.hidden = false;
  live.classList.toggle("live--on", isLive);
  live.querySelector("[data-live]").textContent = isLive
    ? `Live, ${clock(Date.now())}`
    : `Not live. ${last} again`;
}

function watch() {
  const silent = Date.now() - heardAt;
  if (connection?.reader && silent > DEAD) {
    heardAt = Date.now() - QUIET; // ask once for each silence
    connection.reader.cancel();
  } else if (!connection && silent > QUIET) {
    htmx.trigger(live, "follow");
  }
  show();
}

if (live) {
  const begunAt = Date.now();
  live.addEventListener("htmx:sse:after:connection", (event) => {
    connection = event.detail.connection;
    heardAt = Date.now();
    show();
  });
  live.addEventListener("htmx:sse:before:message", () => {
    heardAt = Date.now();
  });
  live.addEventListener("htmx:sse:close", () => {
    connection = null;
  });
  setInterval(() => {
    if (heardAt || Date.now() - begunAt > 3000) watch();
  }, 1000);
}

// --- what one is writing stays: a form somebody typed in is not written over, nor is its version ---

const KEPT = "hx-morph-skip";

function typed(event) {
  const form = event.target.closest("main form");
  if (form?.closest("[hx-get]")) form.setAttribute(KEPT, "");
}

document.addEventListener("input", typed);
document.addEventListener("change", typed);

htmx.registerExtension("kintsugi", {
  htmx_before_morph_attr: (element, detail) =>
    !(detail.attrName === "open" && element.tagName === "DETAILS"),
});

// --- new rows: washed in gold until one scrolls or acts; held back while they would move what one reads ---

const rows = (root) => [...root.querySelectorAll(".tl > li[id]")].map((row) => row.id);

function isRead(part) {
  const list = part.querySelector(".tl");
  if (!list) return false;
  const head = document.querySelector(".ihead")?.getBoundingClientRect().bottom ?? 0;
  const box = list.getBoundingClientRect();
  return (box.top < head - 8 && box.bottom > head) || list.matches(":hover, :focus-within");
}

function offer(count) {
  const button = document.getElementById("held");
  button.hidden = count === 0;
  button.textContent = `Show ${count} new`;
}

function count(news) {
  fresh += news;
  document.title = fresh ? `(${fresh}) ${title}` : title;
  const told = document.getElementById("told");
  if (told && news) told.textContent = news === 1 ? "1 new entry" : `${news} new entries`;
}

function seen() {
  if (!fresh) return;
  fresh = 0;
  document.title = title;
  for (const row of document.querySelectorAll(".tl > .new")) row.classList.remove("new");
}

const own = new Set();
let known = [];
let held = 0; // rows that came and are not shown yet
let shows = false; // whether the next fetch shows them all the same

document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  const source = ctx.sourceElement;
  if (source.tagName === "FORM") {
    source.removeAttribute(KEPT);
    for (const id of rowsIn(ctx.text)) own.add(id);
    return;
  }
  if (source.id !== "timeline") return;
  known = rows(source);
  const news = rowsIn(ctx.text).filter((id) => !known.includes(id));
  if (news.length && !shows && isRead(source)) {
    event.preventDefault();
    offer(news.length);
    count(news.length - held);
    held = news.length;
  }
});

function rowsIn(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const found = template.content.querySelectorAll("li[id^='e-']");
  return [...found].map((row) => row.id);
}

document.addEventListener("htmx:after:swap", (event) => {
  const part = document.getElementById("timeline");
  const source = event.detail.ctx.sourceElement;
  if (source.tagName === "FORM") added(source, event.detail.ctx);
  if (source !== part) return;
  const news = rows(part).filter((id) => !known.includes(id) && !own.has(id));
  for (const id of news) document.getElementById(id).classList.add("new");
  count(news.length - held);
  held = 0;
  shows = false;
});

function release() {
  if (!held) return;
  shows = true;
  htmx.trigger(live, "timeline");
}

document.addEventListener("click", (event) => {
  if (event.target.closest("#held")) release();
  else seen();
});
document.addEventListener("keydown", seen);
document.addEventListener("scroll", seen, { passive: true });

// --- a form that adds: emptied once it is saved; kept, and said so, when it is not ---

function added(form, ctx) {
  if (ctx.response.status >= 300) return;
  form.reset();
  form.removeAttribute(KEPT);
  say(form, "");
  const preview = document.getElementById("n-preview");
  if (preview) preview.textContent = "";
}

function say(form, text) {
  const place = form.querySelector("[data-unsaved]");
  if (!place) return;
  place.hidden = !text;
  place.textContent = text;
}

function unsaved(event) {
  const { ctx } = event.detail;
  const form = ctx?.sourceElement;
  if (form?.tagName !== "FORM" || [409, 412, 422].includes(ctx.response?.status)) return;
  const why = ctx.response?.status === 401 ? "You are signed out. Sign in, then try again." : "Try again.";
  say(form, `Not saved. Your text is still here. ${why}`);
}

document.addEventListener("htmx:error", unsaved);
document.addEventListener("htmx:response:error", unsaved);
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("[data-enter]")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
