/* Says beside the settings of a publication what they make: the rhythm in words, whether the sender
   is known to the provider.  Nothing is saved by that. */
(() => {
  const DELAY_MS = 250;

  /* Asks for the words again whenever one of the fields was changed. */
  function follow(place, address, names) {
    const form = place.closest("form");
    let timer = 0;
    let asked = 0;

    async function ask() {
      asked += 1;
      const number = asked;
      const values = new URLSearchParams();
      const filled = new FormData(form);
      names.forEach((name) => filled.getAll(name).forEach((value) => values.append(name, value)));
      try {
        const answer = await fetch(`${address}?${values}`, { headers: { "X-Requested-With": "XMLHttpRequest" } });
        const words = answer.ok ? await answer.text() : "";
        if (number === asked) place.innerHTML = words;
      } catch {
        /* Without a network nothing can be said. */
        if (number === asked) place.replaceChildren();
      }
    }

    function later(event) {
      if (!names.includes(event.target.name)) return;
      clearTimeout(timer);
      timer = setTimeout(ask, DELAY_MS);
    }

    form.addEventListener("input", later);
    form.addEventListener("change", later);
    ask();
  }

  /* Shows the fields of the pattern that is chosen, and hides those of the others. */
  function showPattern(select) {
    for (const field of document.querySelectorAll(".rhythm-weeks, .rhythm-weekdays, .rhythm-days")) {
      field.hidden = !field.classList.contains(`rhythm-${select.value}`);
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const select of document.querySelectorAll("select[name=pattern]")) {
      select.addEventListener("change", () => showPattern(select));
      showPattern(select);
    }
    for (const place of document.querySelectorAll("[data-rhythm]")) {
      follow(place, place.dataset.rhythm, ["pattern", "every_weeks", "weekday", "more_weekdays", "ordinals", "month_days", "time", "time_zone", "starts_on", "holiday_regions", "quiet_dates", "quiet_policy"]);
    }
    for (const place of document.querySelectorAll("[data-sender]")) {
      follow(place, place.dataset.sender, ["from_email"]);
    }
  });
})();
