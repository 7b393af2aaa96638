/* Numbers the items of a digest as readers see them; Wagtail names each by its headline.
 * Whoever moves an item by keyboard keeps the button that was pressed; what is removed can be put
 * back.
 */
const words = JSON.parse(document.getElementById("desk-item-words")?.textContent ?? "{}");
const MOVES = "[data-streamfield-action=MOVE_UP], [data-streamfield-action=MOVE_DOWN]";

/** The items in the order in which they are read; what was deleted is left out. */
const items = () =>
  [...document.querySelectorAll("input[name$='-value-headline']")].filter((input) => {
    const deleted = input.name.replace(/-value-headline$/, "-deleted");
    return !document.getElementsByName(deleted)[0]?.value;
  });

function number() {
  items().forEach((input, index) => {
    const place = input.closest("section[data-panel]")?.querySelector(":scope > .w-panel__header .c-sf-block__type");
    const said = words.item.replace("{number}", index + 1);
    if (place && place.textContent !== said) place.textContent = said;
  });
}

let isDue = false;
function later() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    number();
  });
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.(MOVES);
  if (button) setTimeout(() => button.isConnected && button.focus());
});

/* What was removed */

const REMOVE = "[data-streamfield-action=DELETE]";
const inside = (block) => [...(block.children ?? []).map((child) => child.block), ...Object.values(block.childBlocks ?? {})];

/** The list or stream that an element of Wagtail's is in, and its place there. */
function placeOf(element, block) {
  const index = block?.children?.findIndex((child) => child.element === element) ?? -1;
  if (index >= 0) return { sequence: block, index };
  for (const each of block ? inside(block) : []) {
    const found = placeOf(element, each);
    if (found) return found;
  }
  return undefined;
}

function offerBack(name, putBack) {
  document.querySelector(".desk-bar--removed")?.remove();
  const bar = document.createElement("div");
  bar.className = "desk-bar desk-bar--removed";
  bar.setAttribute("role", "status");
  const undo = document.createElement("button");
  Object.assign(undo, { type: "button", className: "button button-small button-secondary", textContent: words.undo });
  const close = document.createElement("button");
  Object.assign(close, { type: "button", className: "button button-small button-secondary", textContent: words.close });
  undo.addEventListener("click", () => {
    bar.remove();
    putBack();
  });
  close.addEventListener("click", () => bar.remove());
  bar.append(`${words.removed.replace("{name}", name)} `, undo, close);
  document.body.append(bar);
}

document.addEventListener(
  "click",
  ({ target }) => {
    const button = target.closest?.(REMOVE);
    const element = button?.closest("[data-streamfield-child]");
    const place = element && placeOf(element, document.getElementById("body-root")?.rootBlock);
    if (!place) return;
    const { sequence, index } = place;
    const name = element.querySelector(".w-panel__heading")?.textContent.replace(/\s+/g, " ").trim();
    const state = sequence.children[index].getState();
    offerBack(name, () => {
      const at = Math.min(index, sequence.children.length);
      if ("type" in state) sequence.insert(state, at, { focus: true });
      else sequence.insert(state.value, at, { id: state.id, focus: true });
    });
  },
  true,
);

window.addEventListener("load", () => {
  const body = document.getElementById("body-root");
  if (!body) return;
  number();
  new MutationObserver(later).observe(body, { childList: true, subtree: true });
});

/* Once a new issue is saved, it is too late to begin otherwise. */
document.addEventListener("w-autosave:success", () => document.querySelector("[data-desk-start]")?.closest("section, .w-panel__wrapper")?.remove());
