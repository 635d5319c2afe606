// The sheet and what stands on it. Every word comes from the page's own templates.

const scene = document.getElementById("scene");
const steps = document.getElementById("steps");
const alarm = document.getElementById("alarm");
const said = document.getElementById("said");
const texts = JSON.parse(document.getElementById("texts").textContent);
const pageTitle = document.title;

/** What the server told beside the manifest. */
export const facts = JSON.parse(document.getElementById("facts").textContent);

/**
 * @param {string} name
 * @param {object} [values] for the {places} in it
 * @returns {string}
 */
export function text(name, values = {}) {
  return texts[name].replace(/\{(\w+)\}/g, (_, place) => String(values[place]));
}

/**
 * @param {string} name of a refusal
 * @returns {object|undefined} its screen's words
 */
export function stopTexts(name) {
  return Object.hasOwn(texts.stops, name) ? texts.stops[name] : undefined;
}

/** @param {string} id of a template @returns {DocumentFragment} a copy */
export function copyOf(id) {
  return document.getElementById(id).content.cloneNode(true);
}

/**
 * Write into the places of a screen or a part of one.
 * @param {ParentNode} part
 * @param {Object<string, string|null>} words by slot; null hides the place
 */
export function fill(part, words) {
  for (const [slot, word] of Object.entries(words)) {
    const place = part.querySelector(`[data-slot="${slot}"]`);
    place.hidden = word === null;
    place.textContent = word ?? "";
  }
}

/** A screen: built once, shown as often as the visitor comes back to it. */
export class Screen {
  /**
   * @param {string} name of the template, without `screen-`
   * @param {{words?: object, shown?: string[], actions?: object, step?: number,
   *   key?: string}} parts shown: which optional parts are there; step: which of the
   *   page's steps this is; key: tells apart screens of one template
   */
  constructor(name, { words = {}, shown = [], actions = {}, step = 0, key = name } = {}) {
    this.key = key;
    this.step = step;
    this.root = document.createElement("div");
    this.root.className = "stack";
    this.root.append(copyOf(`screen-${name}`));
    fill(this.root, words);
    for (const part of this.root.querySelectorAll("[data-shown]")) {
      part.hidden = !shown.includes(part.dataset.shown);
    }
    for (const button of this.root.querySelectorAll("[data-action]")) {
      button.addEventListener("click", () => actions[button.dataset.action]?.(button));
    }
    for (const form of this.root.querySelectorAll("form")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        actions[form.dataset.form]?.(form);
      });
    }
  }

  /** @param {string} slot @returns {HTMLElement} */
  slot(slot) {
    return this.root.querySelector(`[data-slot="${slot}"]`);
  }

  /** Put the screen on the sheet, and the reader at its beginning. */
  show() {
    scene.replaceChildren(this.root);
    delete scene.dataset.waiting;
    steps.replaceChildren(...(this.step ? [copyOf(`steps-${this.step}`)] : []));
    const heading = this.root.querySelector("h1");
    const name = heading.textContent.trim();
    document.title = pageTitle.startsWith(name) ? pageTitle : `${name} – ${pageTitle}`;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    scrollTo({ top: 0, behavior: "instant" });
  }
}

/**
 * @param {{fault: string, id: string}} wrong what is wrong, and where
 * @returns {HTMLLIElement} a line of an error summary that leads there
 */
export function faultLink({ fault, id }) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.className = "ds-link";
  link.href = `#${id}`;
  link.textContent = fault;
  link.addEventListener("click", (event) => {
    event.preventDefault(); // the address stays as it is
    document.getElementById(id).focus();
  });
  item.append(link);
  return item;
}

/** @param {string} word read aloud, and not seen */
export function sayAloud(word) {
  said.textContent = word;
}

/**
 * @param {string} name of the alarm's texts
 * @param {object} [values]
 * @param {string} [detail]
 */
export function raiseAlarm(name, values = {}, detail = "") {
  const part = copyOf("alarm-board");
  fill(part, { title: text(`${name}_title`), text: text(name, values), detail: detail || null });
  alarm.replaceChildren(part);
}
