/* What is pasted from Word, Google Docs or a web page keeps its structure, and the page says what
 * was left out.  Draft.js would flatten some of it and take Google's wrapper for bold.
 */
import { isOurs, rawOf, read } from "./paste-reading.js";

const FRAGMENT = "data-draftjs-conductor-fragment";
const words = JSON.parse(document.getElementById("desk-paste-words")?.textContent ?? "{}");

/** The field for Markdown beside an editor, if its block has one. */
function markdownBeside(editor) {
  const input = editor.closest("[data-contentpath=body]")?.querySelector("input[name$='-body']");
  const name = input?.name.replace(/-body$/, "-markdown");
  return name ? document.getElementsByName(name)[0] : undefined;
}

/** The lines of a table, for an editor that holds no tables. */
const linesOf = (markdown) =>
  markdown.split("\n").map((text) => ({ type: "unstyled", depth: 0, runs: [{ text, styles: new Set(), link: "" }] }));

function keepTables(editor, { blocks, tables }) {
  const field = tables.length ? markdownBeside(editor) : undefined;
  if (field) {
    field.value = [field.value.trim(), ...tables].filter(Boolean).join("\n\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const kept = blocks.flatMap((block) => {
    if (block.type !== "table") return [block];
    return field ? [] : linesOf(block.markdown);
  });
  return { kept, told: tables.length ? (field ? words.tables_beside : words.tables_as_lines) : "" };
}

function tell(editor, sentences) {
  const place = editor.closest(".Draftail-Editor__wrapper") ?? editor;
  place.parentElement.querySelector(".desk-pasted")?.remove();
  if (!sentences.length) return;
  const note = document.createElement("p");
  note.className = "desk-pasted";
  note.setAttribute("role", "status");
  place.after(note);
  note.textContent = sentences.join(" ");
}

function paste(event) {
  const editor = event.target.closest?.(".Draftail-Editor");
  const html = event.clipboardData?.getData("text/html");
  if (!editor || !html || isOurs(html)) return;
  const found = read(html);
  const { kept, told } = keepTables(editor, found);
  const { pictures, embedded, comments, underlined, files } = found.lost;
  const dropped = [
    [pictures, words.pictures],
    [embedded, words.embedded],
    [comments, words.comments],
    [underlined, words.underlined],
    [files, words.files],
  ];
  tell(editor, [told, ...dropped.filter(([number]) => number).map(([, said]) => said)].filter(Boolean));
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!kept.length) return;
  const holder = document.createElement("div");
  holder.setAttribute(FRAGMENT, JSON.stringify(rawOf(kept)));
  const data = new DataTransfer();
  data.setData("text/html", holder.outerHTML);
  data.setData("text/plain", kept.map(({ runs }) => runs.map(({ text }) => text).join("")).join("\n"));
  event.target.dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true, composed: true }),
  );
}

document.addEventListener("paste", paste, true);
document.documentElement.dataset.pasteReady = "";
