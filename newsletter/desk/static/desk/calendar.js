/* Dragging a slot to another day posts its new date, with the time it had; all else is by links. */
(() => {
  "use strict";
  const form = document.getElementById("calendar-move");
  if (!form) return;
  const OVER = "desk-day--over";
  let dragged = null;

  const dayOf = (event) => event.target.closest?.("td[data-date]");
  const isElsewhere = (day) => day && dragged && !day.contains(dragged);

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.(".desk-chip[draggable=true]") ?? null;
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.href);
    dragged.classList.add("desk-chip--dragged");
  });
  document.addEventListener("dragover", (event) => {
    if (!isElsewhere(dayOf(event))) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  });
  document.addEventListener("dragenter", (event) => {
    document.querySelectorAll(`.${OVER}`).forEach((day) => day.classList.remove(OVER));
    const day = dayOf(event);
    if (isElsewhere(day)) day.classList.add(OVER);
  });
  document.addEventListener("dragend", () => {
    document.querySelectorAll(`.${OVER}`).forEach((day) => day.classList.remove(OVER));
    dragged?.classList.remove("desk-chip--dragged");
    dragged = null;
  });
  document.addEventListener("drop", (event) => {
    const day = dayOf(event);
    if (!isElsewhere(day)) return;
    event.preventDefault();
    form.action = dragged.dataset.url;
    form.elements.at.value = `${day.dataset.date}T${dragged.dataset.clock}`;
    form.submit();
  });
})();
