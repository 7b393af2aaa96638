/* Opens the preview beside the editor, half and half, for those who have not set it otherwise. */
(() => {
  const NARROWEST = 1100;
  try {
    if (window.innerWidth < NARROWEST) return;
    if (localStorage.getItem("wagtail:side-panel-open") === null) {
      localStorage.setItem("wagtail:side-panel-open", "preview");
      localStorage.setItem("wagtail:side-panel-width", String(Math.round(window.innerWidth * 0.45)));
    }
  } catch {
    /* Storage is switched off: the preview opens with a click. */
  }
})();
