// Reading the fields of a document: each has one type, and none may be missing or beside.
//
// A reader takes a value and returns what it stands for, or refuses it.

import { decodeBase64, decodeHex } from "./encoding.js";
import { NonCanonicalEncoding } from "./errors.js";
import { decodePoint, decodeScalar } from "./group.js";

const ID_BYTES = 16;

/**
 * @param {*} document
 * @param {Object<string, function(*): *>} readers one for each field
 * @returns {object} what each field stands for
 * @throws {NonCanonicalEncoding} and what the readers throw
 */
export function readFields(document, readers) {
  if (document === null || typeof document !== "object" || Array.isArray(document)) {
    throw new NonCanonicalEncoding("an object is expected");
  }
  const [expected, actual] = [Object.keys(readers), Object.keys(document)];
  if (expected.length !== actual.length || !actual.every((field) => expected.includes(field))) {
    throw new NonCanonicalEncoding("a field is missing or unknown");
  }
  return Object.fromEntries(expected.map((field) => [field, readers[field](document[field])]));
}

/** @param {boolean} holds @param {string} what @throws {NonCanonicalEncoding} */
export function requireForm(holds, what) {
  if (!holds) {
    throw new NonCanonicalEncoding(what);
  }
}

/** @param {*} expected @returns {function(*): *} a reader of that one value */
export function only(expected) {
  return (value) => {
    requireForm(value === expected, "another value is expected");
    return value;
  };
}

/** @param {...string} expected @returns {function(*): string} */
export function oneOf(...expected) {
  return (value) => {
    requireForm(expected.includes(value), "another value is expected");
    return value;
  };
}

/** @param {number} least @param {number} most @returns {function(*): number} */
export function integer(least = 0, most = Number.MAX_SAFE_INTEGER) {
  return (value) => {
    requireForm(Number.isSafeInteger(value) && value >= least && value <= most,
      "an integer is expected");
    return value;
  };
}

/** @param {*} value @returns {boolean} */
export function boolean(value) {
  requireForm(typeof value === "boolean", "true or false is expected");
  return value;
}

/** @param {*} value @returns {string} */
export function text(value) {
  requireForm(typeof value === "string", "a text is expected");
  return value;
}

/** @param {*} value @returns {string} 1 to 100 characters without controls (§4.2) */
export function personName(value) {
  requireForm(/^\P{Cc}{1,100}$/u.test(text(value)), "a name of 1 to 100 characters is expected");
  return value;
}

/** @param {function(*): *} reader @returns {function(*): *} a reader that knows null */
export function nullable(reader) {
  return (value) => (value === null ? null : reader(value));
}

/** @param {function(*): *} reader of an item @returns {function(*): Array} */
export function listOf(reader) {
  return (value) => {
    requireForm(Array.isArray(value), "a list is expected");
    return value.map(reader);
  };
}

/** @param {number} length in bytes @returns {function(*): Uint8Array} */
export function hex(length) {
  return (value) => decodeHex(text(value), length);
}

/** @param {number} [length] in bytes @returns {function(*): Uint8Array} */
export function base64(length) {
  return (value) => decodeBase64(text(value), length);
}

/** A reader of an id: 16 bytes (§1.5). */
export const id = hex(ID_BYTES);

/** @param {*} value @returns {object} a point, not the identity */
export function point(value) {
  return decodePoint(hex(32)(value));
}

/** @param {*} value @returns {bigint} */
export function scalar(value) {
  return decodeScalar(hex(32)(value));
}

/** @param {*} value @returns {string} `YYYY-MM-DDTHH:MM:SSZ` */
export function time(value) {
  requireForm(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text(value)), "a time is expected");
  const instant = new Date(value);
  // What no calendar has, 30 February, is a number of no day or of another day.
  const isReal = !Number.isNaN(instant.getTime()) && instant.toISOString() === `${value.slice(0, -1)}.000Z`;
  requireForm(isReal && !value.startsWith("0"), "no such time");
  return value;
}

/**
 * @param {Array<{index: number}>} entries
 * @param {number} first
 * @param {number} count
 * @throws {NonCanonicalEncoding} unless they are first, first + 1, …, as many as count
 */
export function requireInOrder(entries, first, count) {
  const isInOrder = entries.every(({ index }, at) => index === first + at);
  requireForm(isInOrder && entries.length === count, "an index is missing or out of place");
}
