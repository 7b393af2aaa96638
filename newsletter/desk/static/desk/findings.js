/* Fills in what is found where that takes longer than the page, and lets the issue be queued then. */
(() => {
  const place = document.querySelector("[data-findings-from]");
  if (!place) return;
  const button = document.querySelector("[data-needs-no-error]");
  const words = document.getElementById("why-not");

  function update_button(stopped, why) {
    place.setAttribute("aria-busy", "false");
    if (!button) return;
    button.disabled = stopped;
    words.hidden = !why;
    words.textContent = why;
  }

  async function fill() {
    const answer = await fetch(place.dataset.findingsFrom, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    place.innerHTML = await answer.text();
    const stopped = place.querySelector("[data-errors]").dataset.errors !== "0";
    update_button(stopped, stopped ? words?.dataset.words : "");
  }

  fill().catch(() => {
    place.textContent = place.dataset.failed;
    update_button(false, "");
  });
})();
