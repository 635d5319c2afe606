// What the fields of a form hold, as answers: the twin of surveys/form_answers.py, whose
// table says what each field is called.

import { readDate, readNumber } from "./values.js";

const OTHER = "@other";
const STEP = /^[0-9]+$/;
const LONGEST_STEP = 3;

const READERS = {
  single: one,
  dropdown: one,
  scale: step,
  nps: step,
  multiple: several,
  matrix: ({ code, rows }, form) => table(form, code, rows),
  ranking: ({ code, choices }, form) => table(form, code, choices),
  consent: ({ code }, form) => (first(form, code) ? true : undefined),
  number: (question, form) => typed(question, form, readNumber),
  date: (question, form) => typed(question, form, readDate),
  short_text: text,
  long_text: text,
};

/**
 * @param {object} definition
 * @param {Object<string, string[]>} form values by the fields' names
 * @returns {object} raw answers by the questions' codes; what cannot be read stays as typed
 */
export function readFormAnswers(definition, form) {
  const answers = {};
  for (const question of definition.pages.flatMap(({ questions }) => questions)) {
    const value = READERS[question.kind]?.(question, form);
    if (value === undefined) {
      continue;
    }
    answers[question.code] = value;
    if (question.other && [value].flat().includes(OTHER)) {
      answers[`${question.code}:other`] = first(form, `${question.code}:other`);
    }
  }
  return answers;
}

/**
 * @param {Iterable<HTMLInputElement>} fields of one question, or those of the page
 * @returns {Object<string, string[]>} what they hold, by their names
 */
export function readForm(fields) {
  const held = new Map();
  for (const field of fields) {
    const own = held.get(field.name) ?? [];
    const isBox = field.type === "radio" || field.type === "checkbox";
    if (isBox ? field.checked : field.value !== "") {
      own.push(field.value);
    }
    held.set(field.name, own);
  }
  return Object.fromEntries(held);
}

/**
 * @param {Iterable<HTMLInputElement>} fields
 * @param {Object<string, string[]>} form what they are to hold, by their names
 */
export function fillForm(fields, form) {
  for (const field of fields) {
    const held = values(form, field.name);
    if (field.type === "radio" || field.type === "checkbox") {
      field.checked = held.includes(field.value);
    } else {
      field.value = held[0] ?? "";
    }
  }
}

// A question may be called what every object inherits, such as `constructor`.
function values(form, name) {
  return Object.hasOwn(form, name) ? form[name] : [];
}

function first(form, name) {
  return (values(form, name)[0] ?? "").trim();
}

function one({ code }, form) {
  return first(form, code) || undefined;
}

function step({ code }, form) {
  const sent = first(form, code);
  return STEP.test(sent) ? Number(sent.slice(0, LONGEST_STEP)) : sent || undefined;
}

function several({ code, non_answers: none = [] }, form) {
  const codes = values(form, code).filter(Boolean);
  const chosen = codes.filter((each) => !none.includes(each));
  // A choice goes before a non-answer that was ticked beside it.
  return chosen.length > 0 ? chosen : codes[0];
}

function typed({ code }, form, read) {
  const written = first(form, code);
  if (!written) {
    // What was typed goes before a non-answer that was left ticked.
    return first(form, `${code}:non`) || undefined;
  }
  return read(written) ?? written;
}

function table(form, code, lines) {
  const cells = lines
    .map((line) => [line.code, first(form, `${code}.${line.code}`)])
    .filter(([, cell]) => cell);
  return cells.length > 0 ? Object.fromEntries(cells) : undefined;
}

function text({ code }, form) {
  return values(form, code)[0] || undefined;
}
