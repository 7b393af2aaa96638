/* What is chosen in the list of regions gets a tick above it, and the list is free for the next. */
document.addEventListener("change", (event) => {
  const select = event.target;
  const box = select.closest?.("[data-regions]");
  if (!box || select.tagName !== "SELECT" || !select.value) return;
  const known = [...box.querySelectorAll("input")].find((tick) => tick.value === select.value);
  if (known) {
    known.checked = true;
  } else {
    const row = box.querySelector("template").content.cloneNode(true);
    const option = select.selectedOptions[0];
    const group = option.closest("optgroup");
    row.querySelector("input").value = select.value;
    const isWhole = !group || !select.value.includes("-");
    row.querySelector("span").textContent = isWhole ? group?.label ?? option.label : `${group.label} – ${option.label}`;
    box.querySelector("ul").append(row);
  }
  select.value = "";
});
