/* Numbers the items of a digest as readers see them; Wagtail names each by its headline.
 * Whoever moves an item by keyboard keeps the button that was pressed.
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

window.addEventListener("load", () => {
  const body = document.getElementById("body-root");
  if (!body) return;
  number();
  new MutationObserver(later).observe(body, { childList: true, subtree: true });
});

/* Once a new issue is saved, it is too late to begin otherwise. */
document.addEventListener("w-autosave:success", () => document.querySelector("[data-desk-start]")?.closest("section, .w-panel__wrapper")?.remove());
