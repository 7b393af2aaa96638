/* Keeps what is typed while a draft is being saved.
 *
 * When Wagtail (7.4 to 8.0.1) has autosaved, it takes the form as it is by then for what was
 * saved.  Words typed while the request was on its way would never be sent: a tab closed at
 * that moment loses them, and the preview misses them.  This remembers the form as it was
 * sent, and reports an edit when it has changed since.
 */
(() => {
  const UNWRITTEN = new Set(["csrfmiddlewaretoken", "loaded_revision_id", "loaded_revision_created_at", "next"]);
  const sent = new WeakMap();

  const written = (form) =>
    JSON.stringify(
      [...new FormData(form).entries()]
        .filter(([name]) => !UNWRITTEN.has(name))
        .map(([name, value]) => [name, value instanceof File ? `${value.name} ${value.size}` : value]),
    );

  const check = (form) => {
    if (form instanceof HTMLFormElement && sent.has(form) && written(form) !== sent.get(form)) {
      form.dispatchEvent(
        new CustomEvent("w-unsaved:add", { bubbles: true, cancelable: true, detail: { type: "edits" } }),
      );
    }
  };

  document.addEventListener("w-autosave:save", (event) => sent.set(event.target, written(event.target)));
  // Wagtail's own handlers of the same event come first.
  document.addEventListener("w-autosave:success", (event) => setTimeout(() => check(event.target), 50));
})();
