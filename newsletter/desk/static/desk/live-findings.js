/* Shows what the check finds beside the field it is about, after each save; one check at a time. */
import { LoggedOut, ask, editForm, issueOf } from "./session.js";

const words = JSON.parse(document.getElementById("desk-finding-words")?.textContent ?? "{}");
/* After a save, and while somebody else's check or a look at links goes on. */
const PAUSE_MS = 500;
const AGAIN_MS = 3000;
/* How often the look at links is waited for. */
const MOST_LOOKS = 6;
/* A note takes this many pixels at least. */
const NARROWEST = 250;

let timer;
let isAsking = false;
let isWanted = false;
let looks = 0;

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function later(wait) {
  clearTimeout(timer);
  timer = setTimeout(check, wait);
}

async function check() {
  const issue = editForm() && issueOf(editForm());
  if (!issue) return;
  if (isAsking || document.hidden) {
    isWanted = true;
    return;
  }
  isAsking = true;
  isWanted = false;
  try {
    const found = await ask(editForm().action.replace(/\/pages\/\d+\/edit\/.*/, `/issues/${issue}/live-findings/`));
    if (found.busy) later(AGAIN_MS);
    else show(found);
  } catch (error) {
    if (!(error instanceof LoggedOut)) later(AGAIN_MS * 3);
  } finally {
    isAsking = false;
    if (isWanted) later(PAUSE_MS);
  }
}

/** A block that was added may be gone again, and a block of the mail may be nothing that is edited. */
const placeOf = ({ anchor }) => (anchor ? document.getElementById(anchor) : null);

function go(place) {
  const tab = place.closest("[role=tabpanel]");
  if (tab?.hidden) document.querySelector(`[role=tab][href="#${tab.id}"]`)?.click();
  const folded = place.querySelector(":scope > .w-panel__header [data-panel-toggle][aria-expanded=false]");
  folded?.click();
  document.querySelectorAll(".desk-pointed-at").forEach((old) => old.classList.remove("desk-pointed-at"));
  place.classList.add("desk-pointed-at");
  place.scrollIntoView({ behavior: "instant", block: place.offsetHeight > window.innerHeight / 2 ? "start" : "center" });
  const field = place.matches("input, textarea, select") ? place : place.querySelector("input:not([type=hidden]), textarea, [contenteditable=true]");
  field?.focus({ preventScroll: true });
}

function note({ severity, message, fix }) {
  const made = element("p", `desk-note desk-note--${severity}`);
  made.append(element("strong", "", `${words[severity]}: `), message, " ", element("span", "desk-note__fix", fix));
  return made;
}

/** Puts the notes below the heading of a block, or below a field. */
function put(place, found) {
  const notes = element("div", "desk-notes");
  notes.append(...found.map(note));
  if (place.matches("section")) place.querySelector(":scope > .w-panel__content")?.prepend(notes);
  else roomBelow(place).append(notes);
}

/** A narrow field, such as a date, stands in a row that has room for a sentence. */
function roomBelow(field) {
  let room = field.closest("[data-field-input]") ?? field.parentElement;
  while (room.clientWidth < NARROWEST && room.parentElement && !room.matches("form")) room = room.parentElement;
  return room;
}

function row(finding) {
  const made = element("li", `desk-note--${finding.severity}`);
  const said = finding.where ? `${finding.where}: ${finding.message}` : finding.message;
  const place = placeOf(finding);
  if (!place) {
    made.textContent = said;
    return made;
  }
  const button = element("button", "desk-live__go", said);
  button.type = "button";
  button.addEventListener("click", () => go(place));
  made.append(button);
  return made;
}

function summarise({ summary, findings, looking, page }) {
  const said = summary ? words.found.replace("{summary}", summary) : words.nothing;
  const list = element("ul", "desk-live__rows");
  list.append(...findings.map(row));
  const isOpen = document.querySelector(".desk-live")?.open ?? false;
  const made = element("details", "desk-live");
  made.open = isOpen;
  made.append(element("summary", "", looking ? `${said} ${words.looking}` : said), list);
  if (page) made.append(Object.assign(element("a", "", words.all), { href: page }));
  document.querySelectorAll(".desk-live, .desk-band__note[data-of-check]").forEach((old) => old.remove());
  document.querySelector(".desk-band")?.append(made);
}

function show(found) {
  document.querySelectorAll(".desk-notes").forEach((old) => old.remove());
  const places = new Map();
  for (const finding of found.findings) {
    const place = placeOf(finding);
    if (place) places.set(place, [...(places.get(place) ?? []), finding]);
  }
  places.forEach((notes, place) => put(place, notes));
  summarise(found);
  looks = found.looking ? looks + 1 : 0;
  if (found.looking && looks < MOST_LOOKS) later(AGAIN_MS);
}

if (document.querySelector(".desk-band")) {
  document.addEventListener("w-autosave:success", () => later(PAUSE_MS));
  document.addEventListener("visibilitychange", () => isWanted && later(PAUSE_MS));
  window.addEventListener("load", () => later(PAUSE_MS * 3));
}
