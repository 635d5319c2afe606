// When a page or a question is shown: the twin of surveys/conditions.py and of
// visible_pages in surveys/answers.py. The server decides; this is for comfort. Both are
// held to tests/surveys/vectors.

const ORDERS = {
  lt: (sign) => sign < 0,
  le: (sign) => sign <= 0,
  gt: (sign) => sign > 0,
  ge: (sign) => sign >= 0,
};
const DATE = /^.{4}-.{2}-.{2}$/;

/**
 * @param {object|undefined|null} condition as the definition has it; none always holds
 * @param {object} answers by the questions' codes
 * @returns {boolean}
 */
export function isMet(condition, answers) {
  if (!condition) {
    return true;
  }
  if (condition.all) {
    return condition.all.every((part) => isMet(part, answers));
  }
  if (condition.any) {
    return condition.any.some((part) => isMet(part, answers));
  }
  if (condition.not) {
    return !isMet(condition.not, answers);
  }
  return holds(condition, own(answers, condition.q));
}

/**
 * @param {object} definition of format urne-survey/1
 * @param {object} answers by the questions' codes
 * @returns {{code: string, questions: string[]}[]} pages to show, each with the codes of
 *   its questions to show; an answer to a hidden question counts for nothing
 */
export function visiblePages(definition, answers) {
  const shown = {};
  const pages = [];
  for (const page of definition.pages) {
    if (!isMet(page.show_if, shown)) {
      continue;
    }
    const questions = [];
    for (const question of page.questions) {
      if (isMet(question.show_if, shown)) {
        questions.push(question.code);
        const answer = own(answers, question.code);
        if (answer !== undefined) {
          shown[question.code] = answer;
        }
      }
    }
    if (questions.length > 0) {
      pages.push({ code: page.code, questions });
    }
  }
  return pages;
}

/**
 * @param {object} answers
 * @param {string} code
 * @returns {*} the answer, undefined for a blank: never what every object inherits
 */
export function own(answers, code) {
  return Object.hasOwn(answers, code) ? answers[code] : undefined;
}

function holds(test, answer) {
  const values = test.v ?? [];
  const asked = answerOfRow(test, answer);
  const given = givenOf(asked);
  switch (test.op) {
    case "blank":
      return given.length === 0;
    case "answered":
      return given.length > 0;
    case "in":
      return given.some((value) => values.includes(value));
    case "not_in":
      return given.length > 0 && !given.some((value) => values.includes(value));
    case "has_all":
      return given.length > 0 && values.every((value) => given.includes(value));
    default:
      return isOrdered(test, asked);
  }
}

function answerOfRow(test, answer) {
  const isMatrix = typeof answer === "object" && answer !== null && !Array.isArray(answer);
  if (isMatrix) {
    // Without a row, "answered" and "blank" ask of the matrix as a whole.
    return test.row ? own(answer, test.row) : Object.keys(answer);
  }
  return test.row ? undefined : answer;
}

function givenOf(answer) {
  if (answer === undefined || answer === null || answer === "") {
    return [];
  }
  return Array.isArray(answer) ? answer : [answer];
}

function isOrdered(test, answer) {
  const text = typeof answer === "number" || typeof answer === "string" ? String(answer) : "";
  if (text === "" || text.startsWith("@") || !test.v?.length) {
    return false;
  }
  const limit = String(test.v[0]);
  if (DATE.test(text) || DATE.test(limit)) {
    // Dates of four-figure years are in order as text.
    return ORDERS[test.op](Number(text > limit) - Number(text < limit));
  }
  // Numbers have at most 15 digits, which a Number tells apart.
  return ORDERS[test.op](Math.sign(Number(text) - Number(limit)));
}
