/* The page on which a text is brought in: files are dropped, a paste keeps its formatting. */
(() => {
  "use strict";

  const form = document.querySelector("[data-bring-in]");
  const files = form.querySelector("#bring-in-files");
  const chosen = form.querySelector("[data-chosen]");
  const drop = form.querySelector("[data-drop]");
  const text = form.querySelector("[data-paste]");
  const file = form.querySelector("[data-pasted-file]");
  const note = form.querySelector("[data-pasted-note]");
  const button = form.querySelector("button[type=submit]");
  const SHOWN = 90;

  /** Name what was chosen; what is too large is said before it is sent. */
  const tell = () => {
    const all = [...files.files];
    const large = all.find(({ size }) => size > Number(form.dataset.most));
    chosen.textContent = large
      ? form.dataset.tooLarge.replace("%name%", large.name)
      : all.map(({ name }) => name).join(", ");
    chosen.classList.toggle("desk-bring-in__error", Boolean(large));
    button.disabled = Boolean(large);
  };

  const holdFiles = (input, list) => {
    const held = new DataTransfer();
    list.forEach((each) => held.items.add(each));
    input.files = held.files;
  };

  const over = (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    drop.classList.toggle("desk-bring-in__drop--over", event.type !== "dragleave" && event.type !== "drop");
    if (event.type !== "drop" || !event.dataTransfer.files.length) return;
    holdFiles(files, [...event.dataTransfer.files]);
    tell();
  };

  const showPasted = (html) => {
    const words = new DOMParser().parseFromString(html, "text/html").body.textContent;
    const begin = words.replace(/\s+/g, " ").trim().slice(0, SHOWN);
    note.querySelector("p").textContent = form.dataset.pasted.replace("%words%", () => `“${begin}…”`);
    note.hidden = false;
    text.hidden = true;
  };

  /* A paste into an empty field only: into a text of one's own it is a part of that. */
  const paste = (event) => {
    const pasted = [...event.clipboardData.files];
    const html = event.clipboardData.getData("text/html");
    if (pasted.length && !html) {
      event.preventDefault();
      holdFiles(files, pasted);
      return tell();
    }
    if (!html || text.value.trim()) return undefined;
    event.preventDefault();
    holdFiles(file, [new File([`<!doctype html><meta charset="utf-8">${html}`], "pasted.html", { type: "text/html" })]);
    return showPasted(html);
  };

  ["dragenter", "dragover", "dragleave", "drop"].forEach((name) => form.addEventListener(name, over));
  files.addEventListener("change", tell);
  text.addEventListener("paste", paste);
  form.querySelector("[data-unpaste]").addEventListener("click", () => {
    holdFiles(file, []);
    note.hidden = true;
    text.hidden = false;
    text.focus();
  });
  form.addEventListener("submit", () => {
    form.querySelector("[data-reading-note]").textContent = form.dataset.reading;
  });
  document.documentElement.dataset.bringInReady = "";
})();
