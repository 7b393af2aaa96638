/* Two editors of one issue: shows who is where, and asks whose words stay where both changed the same. */
import { LoggedOut, ask, editForm, issueOf, saveAgain } from "./session.js";

const words = JSON.parse(document.getElementById("desk-coediting-words")?.textContent ?? "{}");
/* How often the others are asked for, while the page is looked at. */
const LOOK_MS = 5000;
const CHOICES = "desk-choices";
const BASE = "desk-base";

const windowName = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

/* Whose words stay */

let asked;

function side(kind, index, label, text) {
  const made = element("label", "desk-choice__side");
  const radio = Object.assign(document.createElement("input"), { type: "radio", name: `desk-choice-${index}`, value: kind, required: true });
  const shown = element("span", "desk-choice__words", text || words.empty);
  shown.dir = "auto";
  made.append(radio, element("strong", "", ` ${label}`), shown);
  return made;
}

function questionFor({ label, theirs, mine }, index) {
  const made = element("fieldset", "desk-choice");
  made.append(element("legend", "", label), side("mine", index, words.mine, mine), side("theirs", index, words.theirs, theirs));
  return made;
}

function button(text, className, act) {
  const made = Object.assign(element("button", className, text), { type: "button" });
  made.addEventListener("click", act);
  return made;
}

/** The dialog stands outside of the form: what is chosen there is not what is written. */
function open() {
  const { conflicts, who } = asked;
  document.querySelector(".desk-choices")?.remove();
  const dialog = element("dialog", "desk-choices");
  const title = element("h2", "", words.title.replace("{name}", who));
  title.id = "desk-choices-title";
  dialog.setAttribute("aria-labelledby", title.id);
  const form = element("form", "");
  form.append(title, element("p", "", words.explain), ...conflicts.map(questionFor));
  const ways = element("p", "desk-choices__ways");
  const save = Object.assign(element("button", "button", words.save), { type: "submit" });
  ways.append(save, button(words.later, "button button-secondary", () => dialog.close()));
  form.append(ways);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    choose(new FormData(form));
    dialog.close();
  });
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
}

function choose(given) {
  const chosen = asked.conflicts.map(({ path, mark }, index) => ({ path, mark, choice: given.get(`desk-choice-${index}`) }));
  const field = editForm().elements.namedItem(CHOICES);
  if (!field) return;
  field.value = JSON.stringify(chosen);
  takesTheirs = chosen.some(({ choice }) => choice === "theirs");
  saveAgain();
}

let takesTheirs = false;

function question(found) {
  const isNew = JSON.stringify(found) !== JSON.stringify(asked);
  asked = found;
  bar(words.pending.replace("{name}", found.who), words.choose, open);
  if (isNew && !document.querySelector("dialog[open]")) open();
}

/* What is said at the top of the page */

function bar(text, label, act) {
  document.querySelector(".desk-bar--coediting")?.remove();
  if (!text) return;
  const made = element("div", "desk-bar desk-bar--coediting", `${text} `);
  made.setAttribute("role", "status");
  if (act) made.append(button(label, "button button-small button-secondary", act));
  document.body.append(made);
}

/** A new issue gets the fields with its first save. */
function keep(name, value) {
  const form = editForm();
  let field = form.elements.namedItem(name);
  if (!field) {
    field = Object.assign(document.createElement("input"), { type: "hidden", name });
    form.append(field);
  }
  field.value = value;
}

/* Words of the other, put into the form */

const SHOWN_MS = 12000;

/** The field, block or list that a path leads to: a part of Wagtail's form, or a plain field. */
function partAt([field, ...rest]) {
  if (field !== "body") return rest.length ? undefined : document.getElementById(`id_${field}`);
  return rest.reduce(
    (part, name) => (part?.children ? part.children.find(({ id }) => id === name)?.block : part?.childBlocks?.[name]),
    document.getElementById("body-root")?.rootBlock,
  );
}

/** Nothing is changed below the hands of somebody who types. */
const isInUse = (part) => [part, part.element, part.container?.[0]].some((place) => place instanceof Element && place.contains(document.activeElement));

/** The text editor keeps its own state, and what can be undone in it. */
function putText(editor, state) {
  const { EditorState, convertFromRaw } = window.DraftJS;
  editor.onChange(EditorState.push(editor.getEditorState(), convertFromRaw(JSON.parse(state)), "insert-fragment"));
}

function put({ path, state }, all) {
  const part = partAt(path);
  const isInsideOther = all.some((other) => other.path.length < path.length && other.path.every((name, at) => name === path[at]));
  if (!part) return isInsideOther;
  if (isInUse(part)) return false;
  if (part instanceof Element) part.value = state ?? "";
  else if (part.widget?.input?.draftailEditor) putText(part.widget.input.draftailEditor, state);
  else part.setState(state);
  return true;
}

/** Says whether the form now holds everything that the other wrote. */
function takeIn({ places, base }) {
  const byLength = [...places].sort((one, two) => one.path.length - two.path.length);
  try {
    if (!byLength.map((place) => put(place, places)).every(Boolean)) return false;
  } catch {
    /* A field that Wagtail made in another way: the page can still be loaded again. */
    return false;
  }
  keep(BASE, base);
  document.dispatchEvent(new CustomEvent("desk:fresh"));
  return true;
}

function saved({ detail }) {
  const { field_updates: updates, desk_taken: taken, desk_fresh: fresh } = detail.data ?? {};
  if (updates?.[BASE]) {
    keep(BASE, updates[BASE]);
    keep(CHOICES, "");
  }
  asked = undefined;
  if (takesTheirs) {
    reload();
    return;
  }
  if (taken && fresh && takeIn(fresh)) {
    bar(taken);
    const shown = document.querySelector(".desk-bar--coediting");
    shown.dataset.stays = "";
    setTimeout(() => shown.remove(), SHOWN_MS);
  } else if (taken) bar(taken, words.show, reload);
  else if (document.querySelector(".desk-bar--coediting") && !document.querySelector("[data-stays]")) bar("");
}

function reload() {
  sessionStorage.setItem("desk:scroll", String(window.scrollY));
  window.location.reload();
}

function failed({ detail }) {
  const { conflicts, who } = detail.response ?? {};
  if (conflicts) question({ conflicts, who });
}

/* Wagtail would only offer to overwrite all; here nothing is overwritten. */
function neverOverwrite(event) {
  if (!event.target.closest?.("button[type=submit]")) return;
  document.querySelectorAll("[data-controller~=w-session]").forEach((place) => {
    const session = window.wagtail?.app?.getControllerForElementAndIdentifier(place, "w-session");
    if (session?.interceptValue === "conflict") session.interceptValue = "";
  });
}

/* Who is where */

const anchorNow = () => {
  const focused = document.activeElement;
  if (!focused?.closest("form[data-edit-form]")) return "";
  return focused.closest("section[data-panel][id^=block-]")?.id ?? (focused.id.startsWith("id_") ? focused.id : "");
};

function placeFor(anchor) {
  const place = anchor && document.getElementById(anchor);
  if (!place) return undefined;
  if (place.matches("section")) return place.querySelector(":scope > .w-panel__header .w-panel__heading");
  return document.querySelector(`label[for="${anchor}"]`) ?? place.closest(".w-panel")?.querySelector(".w-panel__heading");
}

function mark(others) {
  document.querySelectorAll(".desk-here").forEach((old) => old.remove());
  for (const { name, anchor, own } of others) {
    const place = placeFor(anchor);
    place?.append(element("span", "desk-here", words.here.replace("{name}", own ? words.own : name)));
  }
}

let shown = "[]";
async function look() {
  const form = editForm();
  /* Other pages than issues have no field of what they began from, and nobody to show. */
  const issue = form?.elements.namedItem(BASE) && issueOf(form);
  if (!issue || document.hidden) return;
  const body = new URLSearchParams({
    window: windowName,
    anchor: anchorNow(),
    csrfmiddlewaretoken: form.elements.namedItem("csrfmiddlewaretoken").value,
  });
  try {
    const { others } = await ask(form.action.replace(/\/pages\/\d+\/edit\/.*/, `/issues/${issue}/presence/`), { method: "POST", body });
    const fresh = JSON.stringify(others);
    if (fresh !== shown) mark(others);
    shown = fresh;
  } catch (error) {
    if (!(error instanceof LoggedOut)) shown = "[]";
  }
}

if (editForm()) {
  document.addEventListener("w-autosave:success", saved);
  document.addEventListener("w-autosave:error", failed);
  document.addEventListener("click", neverOverwrite, true);
  let timer;
  document.addEventListener("focusin", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 300);
  });
  setInterval(look, LOOK_MS);
  window.addEventListener("load", () => {
    look();
    const scroll = sessionStorage.getItem("desk:scroll");
    sessionStorage.removeItem("desk:scroll");
    if (scroll) window.scrollTo({ top: Number(scroll), behavior: "instant" });
    const found = document.getElementById("desk-conflicts");
    if (found) question(JSON.parse(found.textContent));
  });
}
