/* Keeps what is typed while Wagtail does not look (7.4 to 8.0.1).
 *
 * Wagtail now and then takes the form as it is for what is saved already: two seconds after the
 * page was opened, on a slow machine once more after that, and when a draft has been autosaved.
 * What was typed before the one, or while the other was on its way, would not be sent until the
 * next key is pressed: a tab closed before that loses it, and the preview misses it.  This tells
 * Wagtail of the edit, each time, until a draft with these very words has been saved.  While these
 * words are on their way it waits: else they would be saved twice, and the second draft, a second
 * later, would have to be checked and approved again.
 *
 * And keeps Wagtail from saving what nobody typed: opening an issue makes no draft of it.
 */
(() => {
  const UNWRITTEN = new Set(["csrfmiddlewaretoken", "loaded_revision_id", "loaded_revision_created_at", "next", "desk-base", "desk-choices"]);
  const unsaved = new WeakSet();
  const sent = new WeakMap();
  const sending = new WeakSet();
  const waiting = new WeakSet();

  const written = (form) =>
    JSON.stringify(
      [...new FormData(form).entries()]
        .filter(([name]) => !UNWRITTEN.has(name))
        .map(([name, value]) => [name, value instanceof File ? `${value.name} ${value.size}` : value]),
    );

  const report = (form) =>
    form.dispatchEvent(
      new CustomEvent("w-unsaved:add", { bubbles: true, cancelable: true, detail: { type: "edits" } }),
    );

  /* Editors and blocks that come late on a slow machine change the form too, and nobody typed it. */
  const touched = new WeakSet();
  const NAVIGATING = /^(?:Tab|Shift|Control|Alt|AltGraph|Meta|Escape|CapsLock|Arrow\w+|Home|End|Page\w+|F\d+)$/;
  const PRESSED = "button, [role=button], [role=option], [role=menuitem], label, a:not([role=tab])";

  const changes = (event) => {
    if (event.type === "keydown") return !NAVIGATING.test(event.key);
    if (event.type === "click") return event.target.closest(PRESSED)?.matches(":not([data-panel-toggle])");
    return true;
  };

  for (const kind of ["input", "change", "keydown", "paste", "cut", "drop", "click"]) {
    document.addEventListener(
      kind,
      (event) => {
        const form = event.isTrusted && event.target.closest?.("form[data-edit-form]");
        if (form && changes(event)) touched.add(form);
      },
      true,
    );
  }

  /* What nobody typed is taken for what is saved, before Wagtail saves it as a draft. */
  document.addEventListener(
    "w-unsaved:add",
    (event) => {
      const form = event.target;
      const isForced = form.dataset.wUnsavedForceValue === "true";
      if (!form.matches("form[data-edit-form]") || isForced || touched.has(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      window.wagtail.app.getControllerForElementAndIdentifier(form, "w-unsaved")?.clear();
      document.documentElement.dataset.untypedEdits = "ignored";
    },
    true,
  );

  // Wagtail's own handlers of the same event come first.
  const afterwards = (step) => setTimeout(step, 50);

  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const form = event.isTrusted && event.target.closest("form");
      if (form) unsaved.add(form);
    });
  }

  document.addEventListener("w-unsaved:watch-edits", ({ target: form }) => {
    afterwards(() => {
      if (!unsaved.has(form)) return;
      if (sending.has(form) && written(form) === sent.get(form)) waiting.add(form);
      else report(form);
    });
  });

  document.addEventListener("w-autosave:save", ({ target: form }) => {
    sent.set(form, written(form));
    sending.add(form);
  });

  document.addEventListener("w-autosave:success", ({ target: form }) => {
    if (!(form instanceof HTMLFormElement) || !sent.has(form)) return;
    sending.delete(form);
    waiting.delete(form);
    if (written(form) === sent.get(form)) unsaved.delete(form);
    else unsaved.add(form);
    /* What scripts note in the form about the draft that was saved is not for another draft. */
    setTimeout(() => {
      if (unsaved.has(form) || sending.has(form) || written(form) !== sent.get(form)) return;
      window.wagtail.app.getControllerForElementAndIdentifier(form, "w-unsaved")?.clear();
    });
  });

  document.addEventListener("w-autosave:error", ({ target: form }) => {
    sending.delete(form);
    if (waiting.delete(form)) afterwards(() => report(form));
  });
})();
