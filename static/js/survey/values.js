// Numbers, dates and texts as answers write them; the twin of surveys/values.py.

const MOST_DIGITS = 15;
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?$/;
const TYPED_NUMBER = /^(-?)([0-9]{1,30})(?:[.,]([0-9]{0,30}))?$/;
const DATE = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const TYPED_DATE = /^([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})$/;
// Control characters, lone surrogates, separators of lines, marks that turn the writing,
// and what XML does not allow.
const ODD = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u;

/** @param {string} text @returns {boolean} the one way to write a number: `-0.5` */
export function isNumber(text) {
  const digits = text.replace(/[^0-9]/g, "").length;
  return digits <= MOST_DIGITS && text !== "-0" && NUMBER.test(text);
}

/** @param {string} text @returns {boolean} a day of the calendar, as 2027-03-01 */
export function isDate(text) {
  if (!DATE.test(text) || text < "1000") {
    return false;
  }
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** @param {string} typed @returns {string|null} the number in its one way */
export function readNumber(typed) {
  const found = TYPED_NUMBER.exec(typed.replace(/\s+/gu, "").replace("\u2212", "-"));
  if (found === null) {
    return null;
  }
  const whole = found[2].replace(/^0+(?=.)/, "");
  const fraction = (found[3] ?? "").replace(/0+$/, "");
  const plain = fraction ? `${whole}.${fraction}` : whole;
  const number = found[1] && plain !== "0" ? `-${plain}` : plain;
  return isNumber(number) ? number : null;
}

/** @param {string} typed @returns {string|null} the day as 2027-03-01 */
export function readDate(typed) {
  const found = TYPED_DATE.exec(typed.trim());
  const plain = found
    ? `${found[3]}-${found[2].padStart(2, "0")}-${found[1].padStart(2, "0")}` : typed.trim();
  return isDate(plain) ? plain : null;
}

/** @param {string} number in its one way @returns {number} how many decimals it has */
export function decimalsOf(number) {
  return (number.split(".")[1] ?? "").length;
}

/**
 * @param {string} text
 * @param {boolean} hasLines
 * @returns {string|null} in form NFC, lines ending in LF; null for what cannot be read
 */
export function cleanText(text, hasLines) {
  const plain = text.replace(/\r\n?/g, "\n").replaceAll("\t", " ").normalize("NFC").trim();
  const shown = hasLines ? plain.replaceAll("\n", "") : plain;
  return ODD.test(shown) ? null : plain;
}
