/* Builds a filter from rows, and counts whom it finds while one writes. */
(() => {
  const builder = document.getElementById("segment-builder");
  if (!builder) return;
  const { fields, operators, filter: begun } = JSON.parse(document.getElementById("segment-fields").textContent);
  const text = document.getElementById("segment-filter");
  const rows = document.getElementById("segment-rows");
  const join = document.getElementById("segment-join");
  const found = document.getElementById("segment-found");
  const model = document.getElementById("segment-row");
  const attribute = "attribute.";
  const by_name = new Map(fields.map((field) => [field.name, field]));
  const alone = new Set(["is blank", "is not blank"]);
  const units = { within: "days", over: "days ago", "one of the last": "issues", "none of the last": "issues" };
  let timer = 0;
  let asked = 0;

  const part = (row, name) => row.querySelector(`[data-part="${name}"]`);
  const quote = (value) => `"${value.replace(/\\/g, "\\\\").replace(/"/g, '\\"')}"`;

  function add_options(select, pairs, chosen) {
    select.replaceChildren(...pairs.map(([value, label]) => new Option(label, value, false, value === chosen)));
  }

  function input_of(field, operator, value) {
    const options = Object.entries(field.options);
    if (options.length) {
      const select = document.createElement("select");
      add_options(select, options, value);
      return select;
    }
    const input = document.createElement("input");
    const counts = field.kind === "number" || operator in units;
    input.type = counts ? "number" : field.kind === "date" ? "date" : "text";
    if (counts) input.min = 0;
    input.value = value;
    return input;
  }

  function show_value(row, value) {
    const field = by_name.get(part(row, "field").value);
    const operator = part(row, "operator").value;
    const place = part(row, "values");
    if (alone.has(operator)) return place.replaceChildren();
    const input = input_of(field, operator, value);
    input.dataset.part = "value";
    input.setAttribute("aria-label", field.label);
    place.replaceChildren(input);
  }

  function show_operators(row, operator, value) {
    const field = by_name.get(part(row, "field").value);
    part(row, "attribute").hidden = field.name !== attribute;
    add_options(part(row, "operator"), field.operators.map((each) => [each, operators[each]]), operator);
    show_value(row, value);
  }

  function add_row({ field = fields[0].name, operator = "", value = "" } = {}) {
    const row = model.content.firstElementChild.cloneNode(true);
    const own = field.startsWith(attribute);
    add_options(part(row, "field"), fields.map((each) => [each.name, each.label]), own ? attribute : field);
    if (own) part(row, "attribute").value = field.slice(attribute.length);
    show_operators(row, operator, value);
    part(row, "field").addEventListener("change", () => show_operators(row, "", ""));
    part(row, "operator").addEventListener("change", () => show_value(row, ""));
    part(row, "remove").addEventListener("click", () => {
      row.remove();
      write();
    });
    rows.append(row);
  }

  function write_row(row) {
    const field = part(row, "field").value;
    const operator = part(row, "operator").value;
    const value = part(row, "value")?.value ?? "";
    const named = part(row, "attribute").value;
    if ((field === attribute && !named) || (!alone.has(operator) && !value)) return "";
    const name = field === attribute ? `${attribute}${quote(named.replace(/["\\]/g, ""))}` : field;
    if (alone.has(operator)) return `${name} ${operator}`;
    return [name, operator, quote(value), units[operator]].filter(Boolean).join(" ");
  }

  function write() {
    text.value = [...rows.children].map(write_row).filter(Boolean).join(` ${join.value} `);
    count_soon();
  }

  async function count() {
    const mine = (asked += 1);
    if (!text.value.trim()) return tell("", false);
    const url = `${builder.dataset.count}?filter=${encodeURIComponent(text.value)}`;
    const answer = await fetch(url, { credentials: "same-origin" }).catch(() => null);
    if (mine !== asked) return undefined;
    if (!answer?.ok || answer.redirected) return tell(found.dataset.failed, true);
    const { fault, words, people } = await answer.json();
    return fault ? tell(fault, true) : tell(`${people}: ${words}`, false);
  }

  function tell(words, fault) {
    found.textContent = words;
    found.toggleAttribute("data-fault", fault);
  }

  function count_soon() {
    clearTimeout(timer);
    timer = setTimeout(count, 300);
  }

  function begin() {
    const simple = begun ?? (text.value.trim() ? null : { join: "and", rows: [{}] });
    if (!simple) {
      document.getElementById("segment-complex").hidden = false;
      return;
    }
    builder.hidden = false;
    join.value = simple.join;
    simple.rows.forEach(add_row);
  }

  document.getElementById("segment-add").addEventListener("click", () => {
    add_row();
    rows.lastElementChild.querySelector("select").focus();
  });
  builder.addEventListener("input", write);
  builder.addEventListener("change", write);
  text.addEventListener("input", count_soon);
  begin();
  if (text.value.trim()) count();
})();
