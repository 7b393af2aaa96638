/* Begins the choosers of dates and times.  Wagtail writes a script into the page for each of them,
 * which the Content-Security-Policy of the desk does not carry out.
 */
(() => {
  "use strict";

  const begin = () => {
    document.querySelectorAll("[data-chooser]").forEach((place) => {
      const start = window[place.dataset.chooser];
      if (typeof start !== "function" || !document.getElementById(place.dataset.chooserOf)) return;
      const { chooserOf, chooserConfig } = place.dataset;
      /* Once only: the page may be looked through again. */
      place.remove();
      start(chooserOf, JSON.parse(chooserConfig));
    });
  };

  /* Lists put fresh filters into the page when they are narrowed. */
  document.addEventListener("DOMContentLoaded", () => {
    begin();
    new MutationObserver(begin).observe(document.body, { childList: true, subtree: true });
  });
  window.addEventListener("load", begin);
})();
