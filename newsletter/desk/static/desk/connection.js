/* Keeps what is typed while the desk cannot be reached or asks to log in, and says so.
 *
 * Words that are not saved are kept in this browser.  If the page is closed before they are, the next
 * visit offers to put them back; the desk merges them with what was saved since.
 */
import { LoggedOut, archiveOf, ask, editForm, issueOf, saveAgain, writtenIn } from "./session.js";

const words = JSON.parse(document.getElementById("desk-connection-words")?.textContent ?? "{}");
const AGAIN_MS = 4000;
const KEEP_MS = 700;
const SAID_MS = 5000;
/* What was kept for longer than this is forgotten. */
const OLDEST_MS = 14 * 24 * 3600 * 1000;
const FRESH = "/issues/session/";

const form = editForm();
const base = () => form.elements.namedItem("desk-base")?.value ?? "";
const stampOf = (text) => (text.match(/^\{"stamp": "([^"]*)"/) ?? [])[1] ?? "";
const key = () => `desk:unsaved:${issueOf(form) ?? `new-${archiveOf(form)}`}`;

/* What is said */

function say(text, ...ways) {
  document.querySelector(".desk-bar--connection")?.remove();
  if (!text) return;
  const made = document.createElement("div");
  made.className = "desk-bar desk-bar--connection";
  made.setAttribute("role", "status");
  made.append(`${text} `, ...ways);
  document.body.append(made);
}

function button(text, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button button-small button-secondary", textContent: text });
  made.addEventListener("click", act);
  return made;
}

function logInLink() {
  const link = Object.assign(document.createElement("a"), { href: `${root}/login/?next=${root}/`, target: "_blank", textContent: words.log_in });
  link.className = "button button-small button-secondary";
  return link;
}

/* Trying again */

const root = form?.action.match(/^(.*?)\/pages\//)?.[1];
let isAway = false;
let timer;
let problems = [];

/** Whoever logs in again gets another token; Wagtail's scripts know the old one only. */
function useToken(token) {
  form.elements.namedItem("csrfmiddlewaretoken").value = token;
  fresh = token;
  if (window.fetch !== fetchFresh) {
    given = window.fetch;
    window.fetch = fetchFresh;
  }
}

let fresh = "";
let given;
function fetchFresh(address, options = {}) {
  const headers = new Headers(options.headers);
  for (const [name] of headers) if (/csrf/i.test(name)) headers.set(name, fresh);
  return given.call(window, address, { ...options, headers });
}

async function tryAgain() {
  clearTimeout(timer);
  timer = setTimeout(tryAgain, AGAIN_MS);
  try {
    const { token } = await ask(`${root}${FRESH}`);
    useToken(token);
    clearTimeout(timer);
    saveAgain();
    timer = setTimeout(tryAgain, AGAIN_MS * 3);
  } catch (error) {
    if (error instanceof LoggedOut) say(words.logged_out, logInLink());
    else say(words.offline);
  }
}

function failed({ detail }) {
  if (detail.type === "network_error" || detail.type === "server_error") {
    isAway = true;
    keepNow();
    tryAgain();
  } else if (detail.type === "validation_error" && !detail.response?.conflicts) {
    say(words.invalid.replace("{problems}", problems.join(" ") || detail.text));
  }
}

function saved() {
  clearTimeout(timer);
  if (isAway) {
    say(words.back);
    setTimeout(() => !isAway && say(""), SAID_MS);
  } else say("");
  isAway = false;
  if (writtenIn(form) === sent) forget();
}

/* Keeping */

let sent = "";
let keeping;

function keepNow(submitted = false) {
  clearTimeout(keeping);
  try {
    localStorage.setItem(key(), JSON.stringify({ at: Date.now(), submitted, base: base(), fields: writtenIn(form) }));
  } catch {
    /* Storage is full or switched off: what is typed stays on the page only. */
  }
}

function forget() {
  clearTimeout(keeping);
  try {
    localStorage.removeItem(key());
  } catch {
    /* As above. */
  }
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(key()) ?? "null");
  } catch {
    return null;
  }
}

/** Sends what was kept as the form would have: the desk saves it, or asks where others changed the same. */
function putBack({ base: before, fields }) {
  const made = Object.assign(document.createElement("form"), { method: "post", action: form.action, hidden: true });
  const all = new URLSearchParams(fields);
  if (before) all.set("desk-base", before);
  all.set("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
  for (const [name, value] of all) {
    const field = document.createElement("textarea");
    Object.assign(field, { name, value });
    made.append(field);
  }
  forget();
  document.body.append(made);
  made.submit();
}

/* A time as the pages of the desk write it: in English the day stands before the month. */
function written(time) {
  const language = document.documentElement.lang;
  const parts = { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hour12: false };
  return time.toLocaleString(language === "en" ? "en-GB" : language, parts).replaceAll(",", "");
}

function offer() {
  const found = kept();
  if (!found) return;
  const wasSaved = found.submitted && stampOf(found.base) !== stampOf(base());
  if (wasSaved || Date.now() - found.at > OLDEST_MS || found.fields === writtenIn(form)) {
    forget();
    return;
  }
  const time = written(new Date(found.at));
  const drop = () => {
    forget();
    say("");
  };
  say(words.restored.replace("{time}", time), button(words.put_back, () => putBack(found)), button(words.drop, drop));
}

if (form) {
  document.addEventListener("w-autosave:save", () => {
    sent = writtenIn(form);
  });
  document.addEventListener("w-autosave:error", failed);
  document.addEventListener("w-autosave:success", saved);
  document.addEventListener("desk:problems", ({ detail }) => {
    problems = detail;
  });
  document.addEventListener("desk:logged-out", () => {
    isAway = true;
    if (!document.querySelector(".desk-bar--connection a")) tryAgain();
  });
  window.addEventListener("online", () => isAway && tryAgain());
  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, ({ isTrusted }) => {
      if (!isTrusted) return;
      clearTimeout(keeping);
      keeping = setTimeout(keepNow, KEEP_MS);
    });
  }
  form.addEventListener("submit", () => keepNow(true));
  window.addEventListener("load", () => setTimeout(offer, 1500));
}
