// The page's parts, made as elements: no text is ever read as markup.

import { say } from "./texts.js";

let drawn = 0;

/**
 * @param {string} name
 * @param {object} [attributes] `on` holds listeners; false and null leave one out
 * @param {...(Node|string|null|Array)} children
 * @returns {HTMLElement}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "on") {
      Object.entries(value).forEach(([event, react]) => made.addEventListener(event, react));
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(key, value === true ? "" : value);
    }
  }
  made.append(...children.flat(2).filter((child) => child !== null && child !== undefined));
  return made;
}

/** @param {string} prefix @returns {string} an id that nothing else has */
export function freshId(prefix) {
  drawn += 1;
  return `${prefix}-${drawn}`;
}

export const paragraph = (text, kind = null) => element("p", { class: kind }, text);
export const lead = (text) => paragraph(text, "lead");

/** @param {...Node} buttons the main one first @returns {HTMLElement} */
export function actions(...buttons) {
  return element("div", { class: "actions" }, buttons);
}

/**
 * @param {string} text
 * @param {function(): void} press
 * @param {string} [variant] primary, secondary or tertiary
 * @returns {HTMLElement}
 */
export function button(text, press, variant = "primary") {
  return element("button", {
    class: "ds-button", type: "button", "data-variant": variant, on: { click: press },
  }, text);
}

/** @param {string} text @param {string} [variant] @returns {HTMLElement} a form's button */
export function submit(text, variant = "primary") {
  return element("button", { class: "ds-button", type: "submit", "data-variant": variant }, text);
}

/**
 * @param {string} kind info, success, warning or danger
 * @param {string} title
 * @param {...(Node|string)} content
 * @returns {HTMLElement}
 */
export function alert(kind, title, ...content) {
  const shown = content.map((part) => (typeof part === "string" ? paragraph(part) : part));
  return element("div", { class: "ds-alert", "data-color": kind },
    title ? element("h2", {}, title) : null, shown);
}

/** @param {Array<[string, Node|string]>} rows @returns {HTMLElement} */
export function facts(rows) {
  return element("dl", { class: "facts" }, rows.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

/** @param {Array<[string, string]>} rows @returns {HTMLElement} a few large numbers */
export function figures(rows) {
  return element("dl", { class: "figures" }, rows.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

/** @param {Array<string|Node>} items @returns {HTMLElement} */
export function list(items) {
  return element("ul", { class: "ds-list" }, items.map((item) => element("li", {}, item)));
}

/**
 * A table whose rows become small lists on a phone; the roles keep it a table there too.
 * @param {string} caption
 * @param {string[]} columns
 * @param {Array<Array<string>>} rows the first cell names the row, the rest are numbers
 * @returns {HTMLElement}
 */
export function table(caption, columns, rows) {
  const id = freshId("table");
  const head = columns.map((text, at) =>
    element("th", { scope: "col", role: "columnheader", "data-number": at > 0 }, text));
  const body = rows.map(([first, ...numbers]) => element("tr", { role: "row" },
    element("th", { scope: "row", role: "rowheader" }, first),
    numbers.map((number, at) =>
      element("td", { role: "cell", "data-number": true, "data-label": columns[at + 1] }, number))));
  return element("div", {
    class: "table-frame", role: "region", "aria-labelledby": id, tabindex: "0",
  }, element("table", { class: "ds-table", role: "table" },
    element("caption", { id }, caption),
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, head)),
    element("tbody", { role: "rowgroup" }, body)));
}

/**
 * @param {string[]} labels in order
 * @param {number} current from 1; above the last when all is done
 * @returns {HTMLElement}
 */
export function steps(labels, current) {
  return element("nav", { "aria-label": say("way") }, element("ol", { class: "steps" },
    labels.map((label, at) => element("li", {
      "data-done": at + 1 < current, "aria-current": at + 1 === current ? "step" : null,
    }, label, at + 1 < current
      ? element("span", { class: "ds-sr-only" }, ` ${say("done_mark")}`) : null))));
}

/** @param {string[]} words @returns {HTMLElement} a numbered grid */
export function wordGrid(words) {
  return element("ol", { class: "words", "aria-label": say("words_label") },
    words.map((word) => element("li", {}, element("span", { class: "words__word", lang: "nb" }, word))));
}

/** A bar that tells how far slow work has come, and what it is. */
export class Progress {
  #bar;
  #label;
  #stage = null;

  constructor() {
    const id = freshId("progress");
    this.#label = element("label", { for: id });
    this.#bar = element("progress", { class: "progress", id, max: "1" });
    this.root = element("div", { class: "stack", "data-space": "sm", hidden: true },
      element("div", { role: "status" }, this.#label), this.#bar);
  }

  /** @param {string} text @param {number|null} done 0 to 1, or null while unknown */
  show(text, done) {
    this.root.hidden = false;
    if (this.#stage !== text) {
      this.#label.textContent = text;
      this.#stage = text;
    }
    if (done === null) {
      this.#bar.removeAttribute("value");
    } else {
      this.#bar.value = done;
    }
  }

  hide() {
    this.root.hidden = true;
    this.#stage = null;
  }
}
