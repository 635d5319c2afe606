// Forms of the page: fields with label, hint and fault, and one task at a time.

import { Progress, element, freshId, submit } from "./elements.js";
import { say } from "./texts.js";

/** One field; `input` is its control. */
export class Field {
  #fault;

  /**
   * @param {string} label
   * @param {object} attributes of the input
   * @param {string|null} hint
   */
  constructor(label, attributes, hint = null) {
    const id = freshId("field");
    this.input = element("input", {
      class: "ds-input", id, "aria-describedby": hint ? `${id}-hint ${id}-fault` : `${id}-fault`,
      ...attributes,
    });
    this.#fault = element("div", { id: `${id}-fault` });
    const name = element("label", { class: "ds-label", for: id }, label);
    const advice = hint
      ? element("p", { "data-field": "description", id: `${id}-hint` }, hint) : null;
    const isBox = attributes.type === "checkbox";
    this.root = element("div", { class: "ds-field" },
      isBox ? [this.input, name, advice] : [name, advice, this.input], this.#fault);
  }

  /** @param {string|null} text what is wrong, if anything */
  set fault(text) {
    this.#fault.replaceChildren(...(text === null ? [] : [element("p", {
      class: "ds-validation-message", "data-field": "validation",
    }, text)]));
    if (text === null) {
      this.input.removeAttribute("aria-invalid");
    } else {
      this.input.setAttribute("aria-invalid", "true");
    }
  }
}

/** @param {string} label @param {string|null} hint @param {string} use autocomplete @returns {Field} */
export function passphraseField(label, hint, use) {
  return new Field(label, {
    type: "password", autocomplete: use, autocapitalize: "none", spellcheck: "false",
  }, hint);
}

/**
 * For password managers, which ask whose passphrase it is.
 * @param {object} state
 * @returns {HTMLElement} a field that nobody sees
 */
export function ownerField({ election, seat }) {
  return element("input", {
    type: "text", autocomplete: "username", hidden: true, readonly: true,
    value: `${seat.name}, ${election.title}`,
  });
}

/** @returns {Field} for the key file */
export function keyFileField() {
  return new Field(say("keyfile"), { type: "file", accept: ".urnekey" }, say("keyfile_hint"));
}

/**
 * A form with one main button.
 * @param {{text: string, content: Array<Node>, check: function(): Array<[Field, string]>,
 *   work: function(function(string, number|null): void): Promise<void>,
 *   explain: function(Error): string, more: Node[]}} plan check finds faults; work does the
 *   thing and tells its progress; explain turns a refusal into a sentence
 * @returns {HTMLElement}
 */
export function taskForm({
  text, content, fields, check, work, explain, more = [], isQuiet = false,
}) {
  const progress = new Progress();
  const refused = element("div", { role: "alert", tabindex: "-1", class: "refused" });
  const press = submit(text, isQuiet ? "tertiary" : "primary");
  const form = element("form", { class: "form stack", novalidate: true },
    content, refused, progress.root, element("div", { class: "actions" }, press, more));
  let isBusy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!isBusy && areFieldsFine(fields, check())) {
      isBusy = true;
      await attempt();
      isBusy = false;
    }
  });
  return form;

  async function attempt() {
    refused.replaceChildren();
    press.setAttribute("aria-disabled", "true");
    try {
      await work((stage, done) => progress.show(stage, done));
    } catch (error) {
      showRefusal(refused, explain(error));
    } finally {
      progress.hide();
      press.removeAttribute("aria-disabled");
    }
  }
}

/** @param {HTMLElement} place @param {string} sentence read aloud, and focused */
export function showRefusal(place, sentence) {
  place.replaceChildren(element("div", { class: "ds-alert", "data-color": "danger" },
    element("p", {}, sentence)));
  place.focus();
}

function areFieldsFine(fields, faults) {
  fields.forEach((field) => {
    field.fault = null;
  });
  faults.forEach(([field, text]) => {
    field.fault = text;
  });
  faults[0]?.[0].input.focus();
  return faults.length === 0;
}
