/* The dialog for links: looks for issues by their titles, and offers the headlines of this one. */
import { ask } from "./session.js";

function row({ pk, title, note }) {
  const label = document.createElement("label");
  const radio = Object.assign(document.createElement("input"), { type: "radio", name: "issue", value: pk });
  const small = document.createElement("small");
  small.textContent = note;
  label.append(radio, ` ${title} `, small);
  return label;
}

async function search(input) {
  const text = input.value;
  const { issues } = await ask(`${input.dataset.deskLinkSearch}?${new URLSearchParams({ q: text })}`).catch(() => ({ issues: undefined }));
  const list = input.parentElement.querySelector("[data-desk-link-issues]");
  if (!issues || input.value !== text) return;
  list.replaceChildren(...issues.map(row));
  if (!issues.length) list.textContent = list.dataset.none;
}

document.addEventListener("input", ({ target }) => {
  if (target.matches?.("[data-desk-link-search]")) search(target);
});

/* Whoever types into the search is not to send the form by Enter before an issue is chosen. */
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[data-desk-link-search]")) event.preventDefault();
});

document.addEventListener("focusin", ({ target }) => {
  if (target.id !== "desk-link-place") return;
  const headlines = [...document.querySelectorAll("input[name$='-value-headline']")].map(({ value }) => value.trim());
  document.getElementById("desk-link-places").replaceChildren(...headlines.filter(Boolean).map((words) => new Option(words, words)));
});

/* What is typed is the field of the chosen kind. */
document.addEventListener("change", ({ target }) => {
  if (target.name !== "kind" || !target.closest(".desk-link")) return;
  target.closest("form").querySelector(`[data-kind="${target.value}"] input`)?.focus();
});
