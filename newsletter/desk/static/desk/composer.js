/* Opens the preview beside the editor, half and half, for those who have not set it otherwise. */
(() => {
  const NARROWEST = 1100;
  try {
    /* On a phone a panel would hide the form. */
    if (window.innerWidth < NARROWEST) {
      localStorage.setItem("wagtail:side-panel-open", "");
      return;
    }
    if (localStorage.getItem("wagtail:side-panel-open") === null) {
      localStorage.setItem("wagtail:side-panel-open", "preview");
      localStorage.setItem("wagtail:side-panel-width", String(Math.round(window.innerWidth * 0.45)));
    }
  } catch {
    /* Storage is switched off: the preview opens with a click. */
  }
})();

/* Goes to the field or block that a finding of the check points at, as in #at-id_subject.  The
   browser itself cannot, as blocks come after the page and a field may stand in the tab behind;
   Wagtail's own way, with the bare id, begins a slow scroll that the opening preview breaks off. */
(() => {
  const TIMEOUT_MS = 5000;
  const [, wanted] = window.location.hash.match(/^#at-(.+)/) ?? [];
  if (!wanted) return;

  function go() {
    const place = document.getElementById(wanted);
    if (!place) return false;
    const tab = place.closest("[role=tabpanel]");
    if (tab && tab.hidden) document.querySelector(`[role=tab][href="#${tab.id}"]`)?.click();
    place.classList.add("desk-pointed-at");
    const tall = place.offsetHeight > window.innerHeight / 2;
    place.scrollIntoView({ behavior: "instant", block: tall ? "start" : "center" });
    const fields = "input:not([type=hidden]), textarea, select, [contenteditable=true]";
    const field = place.matches(fields) ? place : place.querySelector(fields);
    field?.focus({ preventScroll: true });
    return true;
  }

  window.addEventListener("load", () => {
    if (go()) return;
    const watcher = new MutationObserver(() => go() && watcher.disconnect());
    watcher.observe(document.body, { childList: true, subtree: true });
    setTimeout(() => watcher.disconnect(), TIMEOUT_MS);
  });
})();
