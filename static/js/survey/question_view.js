// One question on the page. Its form comes from the server's template; every word of it,
// and what each choice stands for, from the definition whose digest is in the link.

import { copyOf } from "../visit/page.js";
import { fillForm, readForm } from "./form_answers.js";
import { NON_ANSWERS, inLanguage, piped } from "./piping.js";

/** A question as it stands on the page. */
export class QuestionView {
  #definition;
  #language;
  #question;

  /**
   * @param {object} definition
   * @param {object} question of it
   * @param {string} language
   */
  constructor(definition, question, language) {
    this.#definition = definition;
    this.#language = language;
    this.#question = question;
    this.code = question.code;
    this.root = copyOf(`question-${question.code}`).firstElementChild;
    this.#requireOwnFields();
    if (question.shuffle) {
      this.#shuffle();
    }
  }

  /** @returns {HTMLElement|null} what takes the focus */
  get first() {
    return this.root.querySelector("input, select, textarea");
  }

  /** @returns {HTMLElement[]} all its fields */
  get fields() {
    return [...this.root.querySelectorAll("input, select, textarea")];
  }

  /** Write the words, with earlier answers in them. @param {object} answers */
  write(answers) {
    const say = (texts) =>
      piped(inLanguage(texts, this.#language), answers, this.#definition, this.#language);
    const question = this.#question;
    for (const place of this.root.querySelectorAll("[data-text]")) {
      const name = place.dataset.text;
      if (["title", "help", "low_label", "high_label"].includes(name)) {
        place.textContent = say(question[name]);
      }
    }
    for (const label of this.root.querySelectorAll("label.option")) {
      if (question.kind !== "consent") {
        const { value } = label.querySelector("input");
        label.querySelector("span").textContent = say(this.#labelOf(value));
      }
    }
    for (const option of this.root.querySelectorAll("option")) {
      if (question.kind === "dropdown" && option.value !== "") {
        option.textContent = say(this.#labelOf(option.value));
      }
    }
    for (const step of this.root.querySelectorAll("label.step")) {
      step.querySelector("input + span").textContent = step.querySelector("input").value;
    }
    this.#writeLines(say);
  }

  #writeLines(say) {
    const { choices = [], rows = [] } = this.#question;
    for (const line of this.root.querySelectorAll("[data-row]")) {
      line.querySelector("legend").textContent = say(labelIn(rows, line.dataset.row));
    }
    for (const line of this.root.querySelectorAll("[data-choice]")) {
      line.querySelector("label").textContent = say(labelIn(choices, line.dataset.choice));
    }
  }

  /** @param {Object<string, string[]>} form values by the fields' names */
  fill(form) {
    fillForm(this.fields, form);
  }

  /** @returns {Object<string, string[]>} what its fields hold now */
  read() {
    return readForm(this.fields);
  }

  /** @param {string[]} faults what is wrong with the answer, shown beside it */
  blame(faults) {
    const place = this.root.querySelector(".question__faults");
    place?.replaceChildren(...faults.map((fault) => {
      const line = document.createElement("p");
      line.className = "ds-validation-message";
      line.dataset.field = "validation";
      line.textContent = fault;
      return line;
    }));
    for (const field of this.fields) {
      field.toggleAttribute("aria-invalid", false);
      if (faults.length > 0) {
        field.setAttribute("aria-invalid", "true");
      }
    }
  }

  // A field that is called otherwise than the question would carry another's answer.
  #requireOwnFields() {
    const { code, rows = [], choices = [] } = this.#question;
    const lines = [...rows, ...choices].map((line) => `${code}.${line.code}`);
    const own = [code, `${code}:other`, `${code}:non`, ...lines];
    if (!this.fields.every(({ name }) => own.includes(name))) {
      throw new Error("the page does not fit the questions");
    }
    for (const line of this.root.querySelectorAll("[data-row], [data-choice]")) {
      const name = `${code}.${line.dataset.row ?? line.dataset.choice}`;
      if (![...line.querySelectorAll("input, select")].every((field) => field.name === name)) {
        throw new Error("the page does not fit the questions");
      }
    }
  }

  #labelOf(value) {
    const { choices = [], other } = this.#question;
    if (value === "@other") {
      return other;
    }
    return Object.hasOwn(NON_ANSWERS, value) ? NON_ANSWERS[value] : labelIn(choices, value);
  }

  // Drawn anew in each visit and never sent: an order could tell who answered.
  #shuffle() {
    for (const place of this.root.querySelectorAll(".options, select[name], .matrix, .ranking")) {
      if (place.matches(".ranking select")) {
        continue;
      }
      const moved = [...place.children].filter((each) =>
        each.matches(".option:not([data-exclusive]), [data-row], [data-choice]")
        || (each.matches("option:not([data-exclusive])") && each.value !== ""));
      const marks = moved.map((each) => {
        const mark = document.createComment("");
        each.replaceWith(mark);
        return mark;
      });
      shuffled(moved).forEach((each, at) => marks[at].replaceWith(each));
    }
  }
}

/** @param {Array} things @returns {Array} in an order drawn from the device's generator */
export function shuffled(things) {
  return things
    .map((thing) => [crypto.getRandomValues(new Uint32Array(1))[0], thing])
    .sort(([one], [other]) => one - other)
    .map(([, thing]) => thing);
}

function labelIn(choices, code) {
  const found = choices.find((each) => each.code === code);
  if (found === undefined) {
    throw new Error("the page does not fit the questions");
  }
  return found.label;
}
