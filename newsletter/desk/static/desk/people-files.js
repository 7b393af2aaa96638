/* The page of an import shows how far it is, and is loaded again when the work is done. */
(() => {
  "use strict";

  const live = document.querySelector("[data-import-live]");
  if (!live) return;
  const OFTEN = 1000;

  const look = async () => {
    try {
      const answer = await fetch(live.dataset.url, { headers: { "X-Requested-With": "XMLHttpRequest" } });
      if (answer.ok && answer.headers.get("X-Import-Busy") === "0") {
        window.location.reload();
        return;
      }
      if (answer.ok) live.innerHTML = await answer.text();
    } catch {
      /* The server is away for a while: the next look may find it. */
    }
    window.setTimeout(look, OFTEN);
  };

  window.setTimeout(look, OFTEN);
})();
