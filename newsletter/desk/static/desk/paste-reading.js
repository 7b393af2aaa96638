/* Reads what Word, Google Docs, Pages and web pages put on the clipboard: headings, lists, bold,
 * links and tables as their authors saw them.  The answer is the content of a Draft.js editor, and
 * what had to be left out.
 */

const DROPPED = "style, script, meta, link, title, head, xml, template, noscript, button, select";
const PICTURES = "img, picture, svg, canvas";
const EMBEDDED = "iframe, video, audio, object, embed, math";
const COMMENTS =
  ".MsoCommentReference, .MsoCommentText, [style*='mso-element:comment-list'], [style*='mso-element:comment;'], .msocomoff";
const BLOCKS = new Set(
  "ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CENTER DD DETAILS DIV DL DT FIGCAPTION FIGURE FOOTER FORM H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION SUMMARY TABLE TBODY TD TFOOT TH THEAD TR UL".split(
    " ",
  ),
);
const STYLES = {
  B: "BOLD", STRONG: "BOLD", I: "ITALIC", EM: "ITALIC", CITE: "ITALIC", DFN: "ITALIC", VAR: "ITALIC",
  CODE: "CODE", KBD: "CODE", SAMP: "CODE", TT: "CODE",
  SUP: "SUPERSCRIPT", SUB: "SUBSCRIPT", S: "STRIKETHROUGH", STRIKE: "STRIKETHROUGH", DEL: "STRIKETHROUGH",
};
const OPENABLE = /^(?:https?|mailto|tel|sms|webcal):/i;
/* Services that lead through themselves, and the parameter that has the address. */
const REDIRECTS = [
  [/^(?:www\.)?google\.[a-z.]+$/, /^\/url$/, ["q", "url"]],
  [/\.safelinks\.protection\.outlook\.com$/, /./, ["url"]],
  [/^(?:l|lm)\.facebook\.com$/, /^\/l\.php$/, ["u"]],
  [/^(?:www\.)?youtube\.com$/, /^\/redirect$/, ["q"]],
];
const DEEPEST = 3;
/* In points: larger than text, and larger than any text that is not a title. */
const [LARGE, TITLE] = [13, 19];
const LONGEST_HEADING = 150;

const css = (element, name) => {
  const style = element.getAttribute?.("style") ?? "";
  const found = style.match(new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]+)`, "i"));
  return found ? found[1].replace(/!important/i, "").trim().toLowerCase() : "";
};

/** Return the address to which a link leads in the end; nothing for what readers cannot open. */
export function addressOf(href) {
  let address = (href ?? "").trim();
  for (let hop = 0; hop < 3; hop += 1) {
    let url;
    try {
      url = new URL(address);
    } catch {
      return "";
    }
    const [, , names] = REDIRECTS.find(([host, path]) => host.test(url.hostname) && path.test(url.pathname)) ?? [];
    const target = names?.map((name) => url.searchParams.get(name)).find((value) => value && OPENABLE.test(value));
    if (!target) break;
    address = target;
  }
  return OPENABLE.test(address) ? address : "";
}

const points = (element) => {
  const [, number, unit] = css(element, "font-size").match(/^([\d.]+)(pt|px)$/) ?? [];
  return number ? Number(number) * (unit === "px" ? 0.75 : 1) : 0;
};

const isHidden = (element) =>
  css(element, "display") === "none" || css(element, "mso-hide") === "all" || element.hasAttribute("hidden");

/** The styles inside an element, given those around it. */
function stylesIn(element, around) {
  const styles = new Set(around);
  const own = STYLES[element.tagName];
  if (own) styles.add(own);
  const weight = css(element, "font-weight");
  if (/^(?:normal|lighter|[1-5]00)$/.test(weight)) styles.delete("BOLD");
  else if (/^(?:bold|bolder|[6-9]00)$/.test(weight)) styles.add("BOLD");
  const slant = css(element, "font-style");
  if (slant === "normal") styles.delete("ITALIC");
  else if (/^(?:italic|oblique)/.test(slant)) styles.add("ITALIC");
  if (/line-through/.test(css(element, "text-decoration(?:-line)?"))) styles.add("STRIKETHROUGH");
  const raised = css(element, "vertical-align");
  if (raised === "super") styles.add("SUPERSCRIPT");
  if (raised === "sub") styles.add("SUBSCRIPT");
  if (raised === "baseline") ["SUPERSCRIPT", "SUBSCRIPT"].forEach((name) => styles.delete(name));
  return styles;
}

/** Collects blocks; text goes into the one that is open. */
class Writer {
  constructor() {
    this.blocks = [];
    this.open = null;
  }

  begin(type, depth = 0) {
    this.end();
    this.open = { type, depth, runs: [] };
  }

  /** Add text that looks the same throughout. */
  add(text, style) {
    if (!this.open) {
      if (!text.trim()) return;
      this.begin("unstyled");
    }
    this.open.runs.push({ text, ...style });
  }

  end() {
    const block = this.open;
    this.open = null;
    if (!block) return;
    block.runs = collapsed(block.runs);
    if (block.runs.length || block.type === "atomic") this.blocks.push(block);
  }
}

/** Runs of text with spaces as a page shows them: one between words, none at the ends. */
function collapsed(runs) {
  let before = " ";
  const kept = runs.map((run) => {
    let text = run.text;
    if (!run.exact) {
      text = text.replace(/[ \t\r\f\n]+/g, " ").replace(/ ?\v ?/g, "\n").replace(/\u00a0{2,}| \u00a0|\u00a0 /g, " ");
      if (/[\s]$/.test(before)) text = text.replace(/^ +/, "");
    }
    if (text) before = text;
    return { ...run, text };
  });
  while (kept.length && !kept[0].text.replace(/[\s\u00a0]+/g, "")) kept.shift();
  while (kept.length && !kept.at(-1).text.replace(/[\s\u00a0]+/g, "")) kept.pop();
  if (kept.length) {
    kept[0].text = kept[0].text.replace(/^[\s\u00a0]+/, "");
    kept.at(-1).text = kept.at(-1).text.replace(/[\s\u00a0]+$/, "");
  }
  return kept.filter((run) => run.text);
}

/** What Word writes for the sign of a list item: its depth, and whether it is a number. */
function wordItem(paragraph) {
  const [, level] = css(paragraph, "mso-list").match(/level(\d+)/) ?? [];
  if (!level) return null;
  const sign = paragraph.querySelector("[style*='mso-list:Ignore'], [style*='mso-list: Ignore']");
  const text = (sign?.textContent ?? "").replace(/[\s\u00a0]+/g, "");
  sign?.remove();
  return {
    type: /^\(?(?:\d+|[a-z]{1,4})[.)]/i.test(text) ? "ordered-list-item" : "unordered-list-item",
    depth: Math.min(DEEPEST, Number(level) - 1),
  };
}

/** Whether all letters of a paragraph are bold, and how large the smallest of them are. */
function lookOf(paragraph, around) {
  let [bold, smallest, letters] = [true, Infinity, 0];
  const visit = (node, styles, size) => {
    if (node.nodeType === Node.TEXT_NODE) {
      if (!node.data.replace(/[\s\u00a0]+/g, "")) return;
      letters += node.data.trim().length;
      bold &&= styles.has("BOLD");
      smallest = Math.min(smallest, size);
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      node.childNodes.forEach((child) => visit(child, stylesIn(node, styles), points(node) || size));
    }
  };
  visit(paragraph, around, 0);
  return { bold, letters, size: Number.isFinite(smallest) ? smallest : 0 };
}

/** The level of a heading, also of one that is only written large; 0 for none. */
function headingLevel(element, styles) {
  if (/^H[1-6]$/.test(element.tagName)) return Number(element.tagName[1]);
  if (element.getAttribute("role") === "heading") return Number(element.getAttribute("aria-level")) || 2;
  const [, named] = element.className.match?.(/\bMso(?:Heading)([1-6])\b/) ?? [];
  if (named) return Number(named);
  if (/\bMsoTitle\b/.test(element.className)) return 1;
  if (/\bMsoSubtitle\b/.test(element.className) || element.tagName !== "P") return element.className.match?.(/\bMsoSubtitle\b/) ? 2 : 0;
  const { bold, letters, size } = lookOf(element, styles);
  const large = size >= TITLE || (bold && size >= LARGE);
  return large && letters > 0 && letters <= LONGEST_HEADING ? (size >= TITLE ? 1 : 2) : 0;
}

/** The text of a cell as Markdown writes it. */
function cellText(cell) {
  const parts = [];
  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) parts.push(node.data);
    else if (node.nodeType !== Node.ELEMENT_NODE || isHidden(node)) return;
    else if (node.tagName === "A" && addressOf(node.getAttribute("href"))) {
      parts.push(`[${node.textContent.trim()}](${addressOf(node.getAttribute("href"))})`);
    } else {
      if (BLOCKS.has(node.tagName) || node.tagName === "BR") parts.push(" ");
      node.childNodes.forEach(visit);
    }
  };
  cell.childNodes.forEach(visit);
  return parts.join("").replace(/[\s\u00a0]+/g, " ").trim().replaceAll("|", "\\|");
}

/** A table as Markdown; nothing for one that only places things on a page. */
function markdownOf(table) {
  const rows = [...table.rows]
    .filter((row) => row.closest("table") === table)
    .map((row) =>
      [...row.cells].flatMap((cell) => [cellText(cell), ...Array(Math.max(0, Math.min(50, cell.colSpan) - 1)).fill("")]),
    );
  const width = Math.max(0, ...rows.map((row) => row.length));
  if (width < 2 || table.querySelector("table")) return "";
  const line = (row) => `| ${Array.from({ length: width }, (_, at) => row[at] ?? "").join(" | ")} |`;
  return [line(rows[0]), `|${" --- |".repeat(width)}`, ...rows.slice(1).map(line)].join("\n");
}

class Reader {
  constructor() {
    this.writer = new Writer();
    this.tables = [];
    this.levels = new Set();
    this.lost = { pictures: 0, embedded: 0, comments: 0, underlined: 0, files: 0 };
  }

  children(element, styles, link, place) {
    element.childNodes.forEach((node) => this.node(node, styles, link, place));
  }

  node(node, styles, link, place) {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = place.exact ? node.data : node.data.replaceAll("\u2028", "\v");
      this.writer.add(text, { styles, link, exact: place.exact });
    } else if (node.nodeType === Node.ELEMENT_NODE && !isHidden(node)) this.element(node, styles, link, place);
  }

  element(element, around, link, place) {
    const tag = element.tagName;
    if (tag === "BR") {
      if (this.writer.open) this.writer.add(place.exact ? "\n" : "\v", { styles: around, link, exact: place.exact });
      return;
    }
    const styles = stylesIn(element, around);
    if (tag === "U") this.lost.underlined += 1;
    if (tag === "A") this.children(element, styles, this.linkOf(element) || link, place);
    else if (element.classList.contains("Apple-converted-space")) this.writer.add(" ", { styles, link });
    else if (/yes/.test(css(element, "mso-spacerun")) || css(element, "mso-tab-count")) {
      this.writer.add(" ", { styles, link });
    } else if (BLOCKS.has(tag)) this.block(element, styles, link, place);
    else this.children(element, styles, link, place);
  }

  linkOf(anchor) {
    const href = anchor.getAttribute("href") ?? "";
    if (/^file:/i.test(href)) this.lost.files += 1;
    return addressOf(href);
  }

  block(element, styles, link, place) {
    const tag = element.tagName;
    if (tag === "TABLE") return this.table(element, styles, link, place);
    if (tag === "HR") return this.rule();
    if (tag === "UL" || tag === "OL") return this.list(element, styles, link, place);
    if (tag === "LI") return this.item(element, styles, link, place);
    const item = wordItem(element);
    const level = item || place.type !== "unstyled" ? 0 : headingLevel(element, styles);
    if (level) return this.heading(element, level, link);
    const type = item?.type ?? (tag === "BLOCKQUOTE" ? "blockquote" : place.type);
    const exact = place.exact || tag === "PRE";
    const inside = exact && !place.exact ? new Set([...styles, "CODE"]) : styles;
    // The first paragraph of a list item is that item itself.
    if (!(place.fresh?.is && !item)) this.writer.begin(type, item?.depth ?? place.depth);
    if (place.fresh) place.fresh.is = false;
    this.children(element, inside, link, { ...place, type, exact, depth: item?.depth ?? place.depth });
    this.writer.end();
  }

  heading(element, level, link) {
    this.levels.add(level);
    this.writer.begin(`heading ${level}`);
    const before = this.writer.open;
    this.children(element, new Set(), link, { type: "heading", depth: 0, exact: false });
    // What is a heading is bold by itself.
    before.runs.forEach((run) => (run.styles = new Set([...run.styles].filter((name) => name !== "BOLD"))));
    this.writer.end();
  }

  list(element, styles, link, place) {
    this.writer.end();
    const nested = place.inList ? place.depth + 1 : 0;
    const type = element.tagName === "OL" ? "ordered-list-item" : "unordered-list-item";
    this.children(element, styles, link, { ...place, inList: true, depth: Math.min(DEEPEST, nested), type });
    this.writer.end();
  }

  item(element, styles, link, place) {
    const type = place.inList ? place.type : "unordered-list-item";
    const depth = Math.min(DEEPEST, place.depth ?? 0);
    this.writer.begin(type, depth);
    if (element.getAttribute("role") === "checkbox") {
      const mark = element.getAttribute("aria-checked") === "true" ? "☑ " : "☐ ";
      this.writer.add(mark, { styles: new Set(), link: "" });
    }
    this.children(element, styles, link, { ...place, type, depth, inList: true, fresh: { is: true } });
    this.writer.end();
  }

  rule() {
    this.writer.begin("atomic");
    this.writer.open.runs.push({ text: " ", styles: new Set(), link: "", exact: true, rule: true });
    const block = this.writer.open;
    this.writer.open = null;
    this.writer.blocks.push(block);
  }

  table(element, styles, link, place) {
    this.writer.end();
    const markdown = markdownOf(element);
    if (!markdown) {
      element.querySelectorAll("td, th").forEach((cell) => {
        if (cell.closest("table") === element) this.children(cell, styles, link, place);
        this.writer.end();
      });
      return;
    }
    this.tables.push(markdown);
    this.writer.blocks.push({ type: "table", markdown });
  }
}

/** Take out what no reader sees, and count what a reader would miss. */
function clean(body, lost) {
  const checkboxes = body.querySelectorAll("li[role=checkbox] > img, li[role=checkbox] > input");
  checkboxes.forEach((each) => each.remove());
  for (const [name, selector] of Object.entries({ comments: COMMENTS, pictures: PICTURES, embedded: EMBEDDED })) {
    const found = [...body.querySelectorAll(selector)];
    // One of a pixel only counts who reads.
    const seen = found.filter((each) => !(each.tagName === "IMG" && each.width === 1) && !each.parentElement.closest(selector));
    lost[name] += seen.length;
    found.forEach((each) => each.remove());
  }
  body.querySelectorAll("del[cite], del[datetime]").forEach((each) => each.remove());
  body.querySelectorAll(DROPPED).forEach((each) => each.remove());
}

/** Whether a clipboard holds what an editor of the desk itself put there. */
export const isOurs = (html) => /data-draftjs-conductor-fragment|data-editor=/.test(html);

/** Return the blocks of a clipboard's HTML, its tables as Markdown, and what was left out. */
export function read(html) {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  const reader = new Reader();
  clean(body, reader.lost);
  reader.children(body, new Set(), "", { type: "unstyled", depth: 0, exact: false });
  reader.writer.end();
  const levels = [...reader.levels].sort();
  const blocks = reader.writer.blocks.map((block) => {
    const [, level] = block.type.match(/^heading (\d)/) ?? [];
    if (!level) return block;
    return { ...block, type: levels.indexOf(Number(level)) === 0 ? "header-three" : "header-four" };
  });
  return { blocks, tables: reader.tables, lost: reader.lost };
}

/** Return blocks as Draft.js keeps them. */
export function rawOf(blocks) {
  const entityMap = {};
  let entities = 0;
  const made = blocks.map((block, index) => {
    const raw = { key: `p${index}${Math.random().toString(36).slice(2, 6)}`, text: "", type: block.type, depth: block.depth ?? 0, inlineStyleRanges: [], entityRanges: [], data: {} };
    let last = "";
    for (const run of block.runs) {
      const [offset, length] = [raw.text.length, run.text.length];
      raw.text += run.text;
      for (const style of run.styles) raw.inlineStyleRanges.push({ offset, length, style });
      if (run.rule) {
        entityMap[entities] = { type: "HORIZONTAL_RULE", mutability: "IMMUTABLE", data: {} };
      } else if (run.link && run.link === last) {
        raw.entityRanges.at(-1).length += length;
        continue;
      } else if (run.link) {
        entityMap[entities] = { type: "LINK", mutability: "MUTABLE", data: { url: run.link } };
      }
      last = run.link;
      if (run.rule || run.link) {
        raw.entityRanges.push({ offset, length, key: entities });
        entities += 1;
      }
    }
    return raw;
  });
  return { blocks: made, entityMap };
}
