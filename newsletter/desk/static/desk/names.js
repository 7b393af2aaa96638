/* Names the fields that Wagtail leaves without a name, so that they can be heard. */
(() => {
  "use strict";

  const TEXTS = ".public-DraftEditor-content:not([aria-label])";

  /** The label of a text, or the heading of the block that is nothing but this text. */
  function nameOf(editor) {
    const label = editor.closest("[data-field-wrapper]")?.querySelector("label")?.textContent.trim();
    const heading = editor.closest("section[data-panel]")?.querySelector(".c-sf-block__type, [data-panel-heading-text]")?.textContent;
    return (label || heading || "").replace(/\s+/g, " ").replace(/\s*\*$/, "").trim();
  }

  function name() {
    document.querySelectorAll(TEXTS).forEach((editor) => {
      const said = nameOf(editor);
      if (said) editor.setAttribute("aria-label", said);
    });
    const upload = document.querySelector("#fileupload:not([aria-label])");
    const button = upload?.parentElement.querySelector("button")?.textContent.trim();
    if (button) upload.setAttribute("aria-label", button);
  }

  let isDue = false;
  function later() {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      name();
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    name();
    new MutationObserver(later).observe(document.body, { childList: true, subtree: true });
  });
})();
