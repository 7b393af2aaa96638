/* Draws the charts of a page from the figures that stand in it, in the colours of its theme. */
(() => {
  "use strict";

  const drawn = new Map();
  const colour = (name) =>
    getComputedStyle(document.querySelector(".desk-chart")).getPropertyValue(`--desk-chart-${name}`).trim();

  const dataset = (series) => {
    const main = colour(series.tone);
    const shape = series.kind === "line"
      ? { type: "line", borderColor: main, backgroundColor: main, borderWidth: 2, pointRadius: 0,
          pointHitRadius: 12, pointHoverRadius: 4, tension: 0.25, order: 0 }
      : { type: "bar", backgroundColor: main, borderRadius: 3, maxBarThickness: 18, yAxisID: "change", order: 1 };
    return { label: series.label, data: series.values, ...shape };
  };

  const axis = (more) => ({
    beginAtZero: true,
    grid: { color: colour("grid"), drawTicks: false },
    border: { display: false },
    ticks: { color: colour("words"), maxTicksLimit: 6, precision: 0, padding: 8 },
    ...more,
  });

  const options = (figures) => {
    const bars = figures.series.some((each) => each.kind === "bar");
    /* Bars stay in the lower third, below the line. */
    const highest = Math.max(0, ...figures.series.filter((each) => each.kind === "bar").flatMap((each) => each.values));
    const side = { grid: { display: false }, position: "right", suggestedMax: 3 * highest };
    const scales = {
      x: { grid: { display: false }, border: { color: colour("grid") },
           ticks: { color: colour("words"), maxRotation: 0, autoSkipPadding: 16 },
           title: { display: Boolean(figures.across), text: figures.across, color: colour("words") } },
      y: axis(figures.from_zero === false ? { beginAtZero: false } : {}),
      ...(bars ? { change: axis(side) } : {}),
    };
    return {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      plugins: {
        legend: { position: "bottom", labels: { color: colour("words"), boxWidth: 12, boxHeight: 12, useBorderRadius: true, borderRadius: 2 } },
      },
      scales,
    };
  };

  const draw = () => {
    document.querySelectorAll("canvas[data-chart]").forEach((canvas) => {
      const figures = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
      drawn.get(canvas)?.destroy();
      drawn.set(canvas, new window.Chart(canvas, {
        data: { labels: figures.labels, datasets: figures.series.map(dataset) },
        options: options(figures),
      }));
    });
  };

  draw();
  /* The theme of the account follows the system's, or is set on the page. */
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
})();
