// Saying what the key holders' page says: a table a language, the same keys in each.
//
// A text may be an object by plural form, chosen by the value `n`. `{name}` is replaced.

import { EN } from "./texts_en.js";
import { NB } from "./texts_nb.js";
import { NN } from "./texts_nn.js";

/** What is spoken, by code: the name in the language itself, its table and its dates. */
export const LANGUAGES = {
  nb: { name: "Bokmål", table: NB, locale: "nb-NO" },
  nn: { name: "Nynorsk", table: NN, locale: "nn-NO" },
  en: { name: "English", table: EN, locale: "en-GB" },
};
let spoken = "nb";

/**
 * @param {string} wanted a language's code; one that is not here leaves it as it is
 * @returns {string} the language that is spoken
 */
export function speak(wanted) {
  if (Object.hasOwn(LANGUAGES, wanted)) {
    spoken = wanted;
  }
  return spoken;
}

/** @returns {string} the code of the language that is spoken */
export function language() {
  return spoken;
}

/**
 * @param {string} key
 * @param {Object<string, string|number>} [values]
 * @returns {string}
 */
export function say(key, values = {}) {
  const found = LANGUAGES[spoken].table[key];
  if (found === undefined) {
    throw new RangeError(`no text ${key}`);
  }
  const form = typeof found === "string" ? found : found[pluralOf(values.n)];
  return form.replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
}

/** @param {string} key @returns {boolean} */
export function hasText(key) {
  return Object.hasOwn(NB, key);
}

/** @param {number} number @returns {string} as the language writes it */
export function shownNumber(number) {
  return new Intl.NumberFormat(LANGUAGES[spoken].locale).format(number);
}

/** @param {number} part @param {number} whole @returns {string} */
export function shownShare(part, whole) {
  const options = { style: "percent", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(LANGUAGES[spoken].locale, options).format(whole === 0 ? 0 : part / whole);
}

/** @param {string} moment of §1.5 @returns {string} in Norwegian time */
export function shownTime(moment) {
  const options = { dateStyle: "long", timeStyle: "short", timeZone: "Europe/Oslo" };
  return new Intl.DateTimeFormat(LANGUAGES[spoken].locale, options).format(new Date(moment));
}

/** @param {number} milliseconds @returns {string} rounded as one says it */
export function shownDuration(milliseconds) {
  if (milliseconds < 1_000) {
    return say("milliseconds");
  }
  const seconds = milliseconds / 1_000;
  return seconds < 90
    ? say("seconds", { n: seconds < 10 ? Math.ceil(seconds) : Math.ceil(seconds / 10) * 10 })
    : say("minutes", { n: Math.ceil(seconds / 60) });
}

function shown(value) {
  return typeof value === "number" ? shownNumber(value) : String(value);
}

function pluralOf(number) {
  return new Intl.PluralRules(LANGUAGES[spoken].locale).select(number) === "one" ? "one" : "other";
}
