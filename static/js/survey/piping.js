// Earlier answers within later texts: the twin of surveys/piping.py, held to
// tests/surveys/vectors/piping.json. What comes back is plain text: set it as textContent.

import { own } from "./conditions.js";

const PLACE = /\{\{([a-z][a-z0-9_]{0,31})\}\}/g;
const BLANK = "…";
const OTHER = "@other";
const NOT_PIPED = new Set(["matrix", "consent", "information", "heading"]);
const LANGUAGES = ["nb", "nn", "en"];
const WITH_COMMA = new Set(["nb", "nn"]);
export const NON_ANSWERS = {
  "@dont_know": { nb: "Vet ikke", nn: "Veit ikkje", en: "Don’t know" },
  "@prefer_not": {
    nb: "Ønsker ikke å svare",
    nn: "Ønskjer ikkje å svare",
    en: "Prefer not to answer",
  },
};

/**
 * @param {object|undefined} texts one text in each language
 * @param {string} language
 * @returns {string} the text in this language, else in the first that has one
 */
export function inLanguage(texts, language) {
  for (const each of [language, ...LANGUAGES]) {
    if (texts?.[each]) {
      return texts[each];
    }
  }
  return "";
}

/**
 * @param {string} text with places such as {{a1}}
 * @param {object} answers by the questions' codes
 * @param {object} definition
 * @param {string} [language]
 * @returns {string} with what was answered in each place, "…" for a blank
 */
export function piped(text, answers, definition, language = "nb") {
  return text.replaceAll(PLACE, (_place, code) => {
    const question = definition.pages
      .flatMap((page) => page.questions)
      .find((each) => each.code === code);
    return question && !NOT_PIPED.has(question.kind)
      ? answerText(question, answers, language)
      : BLANK;
  });
}

/**
 * @param {object} question
 * @param {object} answers by the questions' codes
 * @param {string} language
 * @returns {string} the answer in words, "…" for a blank
 */
export function answerText(question, answers, language) {
  const answer = own(answers, question.code);
  if (answer === undefined || answer === null) {
    return BLANK;
  }
  const parts = Array.isArray(answer) ? answer : [answer];
  return parts.map((part) => partText(question, part, answers, language)).join(", ") || BLANK;
}

function partText(question, value, answers, language) {
  if (value === OTHER && question.other) {
    return own(answers, `${question.code}:other`) ?? inLanguage(question.other, language);
  }
  if (question.non_answers?.includes(value)) {
    return inLanguage(NON_ANSWERS[value], language);
  }
  const choice = question.choices?.find((each) => each.code === value);
  if (choice) {
    return inLanguage(choice.label, language);
  }
  const text = String(value);
  if (question.kind === "number" && WITH_COMMA.has(language)) {
    return text.replace(".", ",");
  }
  if (question.kind === "date" && WITH_COMMA.has(language)) {
    const [year, month, day] = text.split("-");
    return `${Number(day)}.${Number(month)}.${year}`;
  }
  return text;
}
