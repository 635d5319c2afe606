// The ballot as a form: contests, choices, a live count, and faults where they are.

import { copyOf, faultLink, fill, sayAloud, text } from "../visit/page.js";

const BLANK = "blank";

/** One contest of the ballot, on the screen. */
class ContestForm {
  #contest;
  #inputs;

  /**
   * @param {object} contest of the booth: title, question, choices, min, max, blank
   * @param {number} index in the manifest
   */
  constructor(contest, index) {
    this.#contest = contest;
    this.isFaulty = false;
    const part = copyOf("contest");
    fill(part, {
      title: contest.title, question: contest.question || null, hint: hintOf(contest),
    });
    this.root = part.querySelector("fieldset");
    this.root.id = `contest-${index}`;
    const [hint, fault] = ["hint", "fault"].map((slot) => this.#slot(slot));
    hint.parentElement.id = `hint-${index}`;
    fault.id = `fault-${index}`;
    this.root.setAttribute("aria-describedby", `hint-${index} fault-${index}`);
    const kind = contest.max === 1 ? "radio" : "checkbox";
    const labels = [...contest.choices, ...(contest.blank ? [null] : [])];
    this.#inputs = labels.map((label, at) => this.#addChoice(kind, index, label, at));
    this.root.addEventListener("change", ({ target }) => this.#changed(target));
    this.#showCount();
  }

  /** @returns {string} of the first input, for a link to it */
  get firstId() {
    return this.#inputs[0].id;
  }

  /** @returns {{choices: number[], blank: boolean}} */
  get selection() {
    const chosen = this.#inputs.filter(({ checked }) => checked).map(({ value }) => value);
    return {
      choices: chosen.filter((value) => value !== BLANK).map(Number),
      blank: chosen.includes(BLANK),
    };
  }

  /** @returns {string[]} what is chosen, in words */
  get words() {
    const { choices, blank } = this.selection;
    return blank ? [text("blank")] : choices.map((choice) => this.#contest.choices[choice]);
  }

  /** @returns {string} the contest's name */
  get title() {
    return this.#contest.title;
  }

  /** @returns {string|null} what is wrong with the selection, shown where it is */
  check() {
    const fault = this.#fault();
    this.isFaulty = fault !== null;
    fill(this.root, { fault });
    for (const input of this.#inputs) {
      input.toggleAttribute("aria-invalid", false);
      if (this.isFaulty) {
        input.setAttribute("aria-invalid", "true");
      }
    }
    return fault;
  }

  #fault() {
    const { min, max, blank: takesBlank, title } = this.#contest;
    const { choices, blank } = this.selection;
    const count = choices.length;
    if (blank || (count >= min && count <= max)) {
      return null;
    }
    if (count > max) {
      return text("fault_many", { count, max, over: count - max, title });
    }
    const name = max === 1 || min === 1 ? "fault_none" : "fault_few";
    return text(takesBlank ? `${name}_blank` : name, { min, title });
  }

  #addChoice(kind, index, label, at) {
    const part = copyOf(`choice-${kind}`);
    const card = part.querySelector("label");
    const input = part.querySelector("input");
    input.id = `choice-${index}-${at}`;
    input.name = `contest-${index}`;
    input.value = label === null ? BLANK : String(at);
    input.autocomplete = "off";
    card.htmlFor = input.id;
    const words = part.querySelector("span");
    if (label === null) {
      card.dataset.blank = "";
      words.replaceWith(copyOf("choice-blank"));
    } else {
      words.textContent = label;
    }
    this.root.append(part);
    return input;
  }

  // A blank vote excludes all else: whichever was chosen last stays.
  #changed(target) {
    const others = this.#inputs.filter((input) =>
      input !== target && (input.value === BLANK) !== (target.value === BLANK));
    const cleared = target.checked ? others.filter(({ checked }) => checked) : [];
    cleared.forEach((input) => {
      input.checked = false;
    });
    if (this.#contest.max > 1 && cleared.length > 0) {
      sayAloud(text(target.value === BLANK ? "blank_cleared" : "choice_cleared"));
    }
    this.#showCount();
    if (this.isFaulty) {
      this.check();
    }
  }

  #showCount() {
    const { max } = this.#contest;
    const { choices, blank } = this.selection;
    const count = this.#slot("count");
    count.hidden = max === 1;
    count.toggleAttribute("data-over", choices.length > max);
    count.textContent = blank ? text("count_blank") : text("count", { count: choices.length, max });
    if (max > 1) {
      sayAloud(count.textContent);
    }
  }

  #slot(slot) {
    return this.root.querySelector(`[data-slot="${slot}"]`);
  }
}

/** All contests of one ballot style. */
export class BallotForm {
  #contests;

  /**
   * @param {HTMLElement} place
   * @param {object[]} contests of the booth
   * @param {number[]} indices of those in the style
   */
  constructor(place, contests, indices) {
    this.#contests = indices.map((index) => new ContestForm(contests[index], index));
    place.replaceChildren(...this.#contests.map(({ root }) => root));
    sayAloud("");
  }

  /** @returns {object[]} one selection for each contest */
  get selections() {
    return this.#contests.map(({ selection }) => selection);
  }

  /** @returns {Array<{title: string, words: string[]}>} to look over */
  get chosen() {
    return this.#contests.map(({ title, words }) => ({ title, words }));
  }

  /**
   * @param {HTMLElement} summary leads to each fault
   * @returns {boolean} whether the ballot can be sealed
   */
  check(summary) {
    const faults = this.#contests
      .map((contest) => ({ fault: contest.check(), id: contest.firstId }))
      .filter(({ fault }) => fault !== null);
    summary.hidden = faults.length === 0;
    summary.querySelector("ul").replaceChildren(...faults.map(faultLink));
    if (faults.length > 0) {
      summary.focus();
    }
    return faults.length === 0;
  }
}

function hintOf({ min, max }) {
  if (max === 1) {
    return text("pick_one");
  }
  if (min === max) {
    return text("pick_exactly", { max });
  }
  return min === 1 ? text("pick_up_to", { max }) : text("pick_between", { min, max });
}
