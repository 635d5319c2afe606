// A respondent's answers held against the definition: the twin of surveys/answers.py and
// surveys/answer_checks.py. The server decides; this spares a respondent the way there.

import { isMet, own } from "./conditions.js";
import { cleanText, decimalsOf, isDate, isNumber } from "./values.js";

const OTHER = "@other";
const NPS_HIGHEST = 10;
const RANK = /^[0-9]{1,3}$/;
const LONGEST = { short_text: 200, long_text: 4_000 };
const OTHER_TEXT = { kind: "short_text" };

class WrongAnswer extends Error {
  constructor(reason, limit = null, row = "") {
    super(reason);
    Object.assign(this, { reason, limit, row });
  }
}

/**
 * @param {object} definition
 * @param {object} raw answers of readFormAnswers
 * @param {string|null} [through] look at this page and those before it alone
 * @returns {{answers: object, problems: object[]}} the answers to the questions shown, each
 *   in its one form; and what is wrong: `{question, reason, limit, row}`
 */
export function cleanAnswers(definition, raw, through = null) {
  const answers = {};
  const problems = [];
  for (const page of definition.pages) {
    if (isMet(page.show_if, answers)) {
      for (const question of page.questions) {
        if (isMet(question.show_if, answers)) {
          problems.push(...keep(question, raw, answers));
        }
      }
    }
    if (page.code === through) {
      break;
    }
  }
  return { answers, problems };
}

/**
 * @param {object} definition
 * @param {object} raw answers
 * @returns {object} those that are in order, for asking which questions to show
 */
export function readableAnswers(definition, raw) {
  const kept = {};
  for (const question of definition.pages.flatMap(({ questions }) => questions)) {
    if (keep({ ...question, required: false }, raw, kept).length > 0) {
      delete kept[question.code];
    }
  }
  return kept;
}

function keep(question, raw, kept) {
  const { code, kind } = question;
  if (kind === "heading" || kind === "information") {
    return [];
  }
  try {
    const value = check(question, own(raw, code));
    if (value === undefined) {
      return question.required ? [{ question: code, reason: "required", limit: null, row: "" }] : [];
    }
    const written = [value].flat().includes(OTHER) ? stated(own(raw, `${code}:other`)) : null;
    kept[code] = value;
    if (written !== null) {
      kept[`${code}:other`] = written;
    }
    return [];
  } catch (wrong) {
    if (!(wrong instanceof WrongAnswer)) {
      throw wrong;
    }
    const { reason, limit, row } = wrong;
    return [{ question: code, reason, limit, row }];
  }
}

function stated(value) {
  const text = check(OTHER_TEXT, value);
  if (text === undefined) {
    throw new WrongAnswer("other_not_stated");
  }
  return text;
}

function check(question, value) {
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  if (value === undefined || value === null || value === "" || isEmpty) {
    return undefined;
  }
  if (question.non_answers?.includes(value)) {
    if (question.kind === "matrix") {
      throw new WrongAnswer("wrong_shape");
    }
    return value;
  }
  return CHECKS[question.kind](question, value);
}

const CHECKS = {
  single: checkOne,
  dropdown: checkOne,
  multiple: checkSeveral,
  ranking: checkRanking,
  matrix: checkMatrix,
  short_text: checkText,
  long_text: checkText,
  number: checkNumber,
  date: checkDate,
  scale: checkStep,
  nps: checkStep,
  consent: (_question, value) => value || undefined,
};

function choiceCodes({ choices, other }) {
  return [...choices.map(({ code }) => code), ...(other ? [OTHER] : [])];
}

function checkOne(question, value) {
  require(typeof value === "string", "wrong_shape");
  require(choiceCodes(question).includes(value), "not_a_choice");
  return value;
}

function checkCodes(question, value) {
  require(Array.isArray(value), "wrong_shape");
  const all = choiceCodes(question);
  require(value.length <= all.length, "too_many", all.length);
  value.forEach((each) => checkOne(question, each));
  require(new Set(value).size === value.length, "twice");
  return value;
}

function checkCount({ min = null, max = null }, count) {
  require(min === null || count >= min, "too_few", min);
  require(max === null || count <= max, "too_many", max);
}

function checkSeveral(question, value) {
  const codes = checkCodes(question, value);
  const alone = question.choices.filter(({ exclusive }) => exclusive).map(({ code }) => code);
  if (codes.some((code) => alone.includes(code))) {
    require(codes.length === 1, "exclusive_with_others");
    return codes;
  }
  checkCount(question, codes.length);
  return choiceCodes(question).filter((code) => codes.includes(code));
}

function checkRanking(question, value) {
  const codes = checkCodes(question, Array.isArray(value) ? value : ranked(value));
  const { choices, min, max } = question;
  if (min === undefined && max === undefined) {
    require(codes.length >= choices.length, "too_few", choices.length);
  } else {
    checkCount(question, codes.length);
  }
  return codes;
}

// As a form has it: a rank beside each choice.
function ranked(ranks) {
  require(typeof ranks === "object", "wrong_shape");
  const byRank = new Map();
  for (const [code, typed] of Object.entries(ranks)) {
    require(RANK.test(typed), "not_a_number");
    require(!byRank.has(Number(typed)), "twice");
    byRank.set(Number(typed), code);
  }
  const places = [...byRank.keys()].sort((one, other) => one - other);
  require(places.every((place, at) => place === at + 1), "ranks_with_holes");
  return places.map((place) => byRank.get(place));
}

function checkMatrix(question, value) {
  require(typeof value === "object" && !Array.isArray(value), "wrong_shape");
  const codes = [...choiceCodes(question), ...(question.non_answers ?? [])];
  const answered = {};
  for (const { code: row } of question.rows) {
    const cell = own(value, row);
    if (cell) {
      require(codes.includes(cell), "not_a_choice", null, row);
      answered[row] = cell;
    } else {
      require(!question.required, "row_missing", null, row);
    }
  }
  return Object.keys(answered).length > 0 ? answered : undefined;
}

function checkText({ kind, max }, value) {
  require(typeof value === "string", "wrong_shape");
  const longest = max ?? LONGEST[kind];
  const text = cleanText(value, kind === "long_text");
  require(text !== null, "unreadable_text");
  // Characters are code points, as they are counted in Python.
  require([...text].length <= longest, "too_long", longest);
  return text || undefined;
}

function checkNumber({ decimals = 0, min, max }, value) {
  require(typeof value === "string" && isNumber(value), "not_a_number");
  require(decimalsOf(value) <= decimals, "too_many_decimals", decimals);
  // Numbers have at most 15 digits, which a Number tells apart.
  require(min === undefined || Number(value) >= Number(min), "too_small", min);
  require(max === undefined || Number(value) <= Number(max), "too_large", max);
  return value;
}

function checkDate({ min, max }, value) {
  require(typeof value === "string" && isDate(value), "not_a_date");
  require(min === undefined || value >= min, "too_early", min);
  require(max === undefined || value <= max, "too_late", max);
  return value;
}

function checkStep({ kind, min = 0, max = NPS_HIGHEST }, value) {
  require(Number.isInteger(value), "wrong_shape");
  const [low, high] = kind === "nps" ? [0, NPS_HIGHEST] : [min, max];
  require(value >= low && value <= high, "not_a_choice");
  return value;
}

function require(holds, reason, limit = null, row = "") {
  if (!holds) {
    throw new WrongAnswer(reason, limit, row);
  }
}
