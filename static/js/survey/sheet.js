// The questionnaire as it is being filled in: which pages and questions are shown, what
// was answered, and what is wrong with it.

import { Screen, faultLink, fill, sayAloud, text } from "../visit/page.js";
import { cleanAnswers, readableAnswers } from "./answers.js";
import { visiblePages } from "./conditions.js";
import { readFormAnswers } from "./form_answers.js";
import { answerText, inLanguage, piped } from "./piping.js";
import { QuestionView, shuffled } from "./question_view.js";

const SAVED_AFTER_MS = 400;
const BLANK = "…";

/** One respondent's answers, and the pages on which they are given. */
export class Sheet {
  #definition;
  #filled;
  #language;
  #onChange;
  #orders = new Map();
  #timer = 0;
  #views = new Map();

  /**
   * @param {object} definition
   * @param {string} language
   * @param {object|null} filled of an earlier visit
   * @param {function(object): void} onChange is told what is filled in, to keep it
   */
  constructor(definition, language, filled, onChange) {
    this.#definition = definition;
    this.#filled = filled ?? {};
    this.#language = language;
    this.#onChange = onChange;
  }

  /** @returns {object[]} the pages shown with these answers */
  get pages() {
    return visiblePages(this.#definition, this.#readable);
  }

  get #raw() {
    return readFormAnswers(this.#definition, this.#filled);
  }

  get #readable() {
    return readableAnswers(this.#definition, this.#raw);
  }

  /** @param {string|null} through a page's code @returns {object} as of cleanAnswers */
  clean(through = null) {
    return cleanAnswers(this.#definition, this.#raw, through);
  }

  /** @param {string} code of a page @returns {string} its heading */
  titleOf(code) {
    const page = this.#definition.pages.find((each) => each.code === code);
    const title = inLanguage(page.title, this.#language)
      || inLanguage(this.#definition.title, this.#language);
    return piped(title, this.#readable, this.#definition, this.#language);
  }

  /** @param {string} code of a question @returns {object} */
  question(code) {
    return this.#definition.pages.flatMap(({ questions }) => questions)
      .find((each) => each.code === code);
  }

  /**
   * Put a page's questions in their place; those that stay keep what they hold.
   * @param {HTMLElement} place
   * @param {string} code of the page
   */
  show(place, code) {
    const page = this.pages.find((each) => each.code === code);
    const views = this.#ordered(code, page?.questions ?? []).map((each) => this.#view(each));
    const roots = views.map(({ root }) => root);
    [...place.children].filter((each) => !roots.includes(each)).forEach((each) => each.remove());
    roots.forEach((root, at) => {
      if (place.children[at] !== root) {
        place.insertBefore(root, place.children[at] ?? null);
      }
    });
    const answers = this.#readable;
    views.forEach((view) => view.write(answers));
  }

  /** @param {HTMLElement} place something in it was changed @param {string} code */
  take(place, code) {
    for (const view of this.#views.values()) {
      if (place.contains(view.root)) {
        Object.assign(this.#filled, view.read());
      }
    }
    const before = place.children.length;
    this.show(place, code);
    if (place.children.length > before) {
      sayAloud(text("more_questions"));
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onChange(this.#filled), SAVED_AFTER_MS);
  }

  /** Have what is filled in kept at once. */
  save() {
    clearTimeout(this.#timer);
    this.#onChange(this.#filled);
  }

  /** Nothing is kept any more. */
  stop() {
    clearTimeout(this.#timer);
  }

  /**
   * Show what is wrong on a page, where it is and at its head.
   * @param {Screen} screen
   * @param {object[]} problems of this page
   */
  blame(screen, problems) {
    const told = [];
    for (const view of this.#views.values()) {
      const faults = problems
        .filter(({ question }) => question === view.code)
        .map((problem) => this.#sentence(problem));
      view.blame(faults);
      if (screen.root.contains(view.root)) {
        const title = piped(inLanguage(this.question(view.code).title, this.#language),
          this.#readable, this.#definition, this.#language);
        told.push(...faults.map((fault) => ({ fault: `${title}: ${fault}`, id: view.first.id })));
      }
    }
    const summary = screen.slot("faults");
    summary.hidden = told.length === 0;
    summary.querySelector("ul").replaceChildren(...told.map(faultLink));
    if (told.length > 0) {
      summary.focus();
    }
  }

  /** @param {string} code of a page @returns {DocumentFragment} what was answered there */
  summary(code) {
    const { answers } = this.clean();
    const list = document.createDocumentFragment();
    const { questions } = this.pages.find((each) => each.code === code);
    for (const question of questions.map((each) => this.question(each))) {
      if (question.kind !== "heading" && question.kind !== "information") {
        list.append(this.#answered(question, answers));
      }
    }
    return list;
  }

  #answered(question, answers) {
    const row = document.createElement("div");
    const [term, value] = ["dt", "dd"].map((tag) => document.createElement(tag));
    term.textContent = piped(inLanguage(question.title, this.#language), answers,
      this.#definition, this.#language);
    value.className = "answered";
    value.textContent = this.#words(question, answers);
    row.append(term, value);
    return row;
  }

  #words(question, answers) {
    const { code, kind, rows } = question;
    if (!Object.hasOwn(answers, code)) {
      return text("not_answered");
    }
    if (kind === "consent") {
      return text("yes");
    }
    if (kind !== "matrix") {
      return answerText(question, answers, this.#language);
    }
    return rows.filter((row) => Object.hasOwn(answers[code], row.code)).map((row) => {
      // One cell is an answer of one choice.
      const cell = { ...question, kind: "single" };
      const words = answerText(cell, { [code]: answers[code][row.code] }, this.#language);
      return `${inLanguage(row.label, this.#language)}: ${words}`;
    }).join("\n") || BLANK;
  }

  #view(code) {
    if (!this.#views.has(code)) {
      const view = new QuestionView(this.#definition, this.question(code), this.#language);
      view.fill(this.#filled);
      this.#views.set(code, view);
    }
    return this.#views.get(code);
  }

  // Drawn anew in each visit and never sent: an order could tell who answered.
  #ordered(code, questions) {
    const page = this.#definition.pages.find((each) => each.code === code);
    if (!page.shuffle) {
      return questions;
    }
    if (!this.#orders.has(code)) {
      this.#orders.set(code, shuffled(page.questions.map((each) => each.code)));
    }
    return this.#orders.get(code).filter((each) => questions.includes(each));
  }

  #sentence({ question: code, reason, limit, row }) {
    const question = this.question(code);
    const name = nameOf(question, reason, limit);
    const label = question.rows?.find((each) => each.code === row)?.label;
    const sentences = reason === "required" ? "required" : "faults";
    return text(`${sentences}_${name}`, {
      limit: limit === null ? "" : this.#shownLimit(String(limit)),
      row: inLanguage(label, this.#language),
    });
  }

  #shownLimit(limit) {
    if (this.#language === "en") {
      return limit;
    }
    const day = /^(\d{4})-0?(\d+)-0?(\d+)$/.exec(limit);
    return day ? `${day[3]}.${day[2]}.${day[1]}` : limit.replace(".", ",");
  }
}

function nameOf({ kind, min, max }, reason, limit) {
  if (reason === "required") {
    return kind;
  }
  if (reason === "too_many_decimals" && limit === 0) {
    return "whole_number";
  }
  const ranksAll = kind === "ranking" && min === undefined && max === undefined;
  return reason === "too_few" && ranksAll ? "rank_all" : reason;
}

/** A page of the questionnaire as a screen: shown anew, it asks what it asks now. */
export class PageScreen extends Screen {
  #code;
  #sheet;

  /**
   * @param {Sheet} sheet
   * @param {string} code of the page
   * @param {object} parts of a Screen
   */
  constructor(sheet, code, parts) {
    super("page", { ...parts, key: `page-${code}` });
    this.#code = code;
    this.#sheet = sheet;
    const place = this.slot("questions");
    place.addEventListener("input", () => sheet.take(place, code));
    place.addEventListener("change", () => {
      sheet.take(place, code);
      sheet.save();
    });
  }

  show() {
    const { pages } = this.#sheet;
    const place = Math.max(pages.findIndex(({ code }) => code === this.#code) + 1, 1);
    const count = pages.length + 1;
    fill(this.root, { way: text("way", { place, count }), title: this.#sheet.titleOf(this.#code) });
    Object.assign(this.root.querySelector("progress"), { max: count, value: place });
    this.root.querySelector("[data-action=back]").hidden = place === 1;
    this.#sheet.show(this.slot("questions"), this.#code);
    super.show();
  }
}
