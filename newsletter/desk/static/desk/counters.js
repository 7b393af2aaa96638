/* Counts what inboxes show of a subject, a preheader and headlines; says nothing while all of it fits. */

/* About how wide a line is, in Latin letters, on a phone and on a desktop. */
const LIMITS = [
  ["#id_subject", { phone: 40, desktop: 70 }],
  ["#id_preheader", { phone: 80, desktop: 120 }],
  ["input[name$='-headline']", { phone: 70, desktop: 120 }],
];
/* From this share of a line on, the count is shown. */
const NEAR = 0.85;
/* Letters that are twice as wide as Latin ones, and pictures. */
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}|\p{Regional_Indicator}/u;
/* A merge tag is as long as the words for those without. */
const TAG = /\[[A-Za-z][\w.]*\|([^[\]|]*)\]/g;
const words = JSON.parse(document.getElementById("desk-counter-words")?.textContent ?? "{}");
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** How wide a text is: what a reader takes for one letter counts one, or two if it is wide. */
export function widthOf(text) {
  let width = 0;
  for (const { segment } of graphemes.segment(text.trim().replace(TAG, "$1"))) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

function sentenceFor(count, { phone, desktop }) {
  if (count > desktop) return words.desktop.replace("{count}", count).replace("{limit}", desktop);
  if (count > phone) return words.phone.replace("{count}", count).replace("{limit}", phone);
  if (count >= phone * NEAR) return words.near.replace("{count}", count).replace("{limit}", phone);
  return "";
}

function placeFor(input) {
  const there = input.parentElement.querySelector(":scope > .desk-counter");
  if (there) return there;
  const made = document.createElement("p");
  made.className = "desk-counter";
  made.id = `${input.id}-counter`;
  made.setAttribute("aria-live", "polite");
  input.after(made);
  input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), made.id].filter(Boolean).join(" "));
  return made;
}

function count(input) {
  const [, limits] = LIMITS.find(([selector]) => input.matches(selector)) ?? [];
  if (!limits) return;
  const width = widthOf(input.value);
  const said = sentenceFor(width, limits);
  if (!said && !input.parentElement.querySelector(":scope > .desk-counter")) return;
  const place = placeFor(input);
  if (place.textContent !== said) place.textContent = said;
  place.dataset.level = width > limits.desktop ? "desktop" : width > limits.phone ? "phone" : "near";
}

document.addEventListener("input", ({ target }) => target instanceof HTMLInputElement && count(target));
window.addEventListener("load", () => {
  for (const [selector] of LIMITS) document.querySelectorAll(selector).forEach(count);
});
