/* Goes on counting down the times of the page, in the words that the server began with. */
(() => {
  "use strict";

  const language = document.documentElement.lang || "en";
  const words = (number, unit) =>
    new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(number);

  /* The two largest units of a span in seconds; the server's words for less than a minute. */
  const describe = (seconds) => {
    const days = Math.floor(seconds / 86400);
    const hours = Math.floor((seconds % 86400) / 3600);
    const minutes = Math.floor((seconds % 3600) / 60);
    const parts = days ? [[days, "day"], [hours, "hour"]] : [[hours, "hour"], [minutes, "minute"]];
    return parts.filter(([number]) => number).map(([number, unit]) => words(number, unit)).join(" ");
  };

  const tell = () => {
    document.querySelectorAll("[data-until]").forEach((place) => {
      const seconds = Math.max(0, (Date.parse(place.dataset.until) - Date.now()) / 1000);
      const said = describe(seconds) || place.dataset.soon;
      if (said && place.textContent !== said) place.textContent = said;
    });
  };

  tell();
  window.setInterval(tell, 1000);
})();
