// Canonical JSON, hex, base64 and Crockford base32: one way to write each (§1.5, §1.6).

import { isEqual, utf8 } from "./bytes.js";
import { NonCanonicalEncoding } from "./errors.js";

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SYMBOL_BITS = 5;
// With the flag u a pair is one character, so that only lone halves are in this range.
const LONE_SURROGATE = /[\ud800-\udfff]/u;

/**
 * @param {*} document objects, lists, strings, integers, booleans, null
 * @returns {Uint8Array} bytes(document) of §1.5
 * @throws {NonCanonicalEncoding} for what has no canonical form
 */
export function encodeDocument(document) {
  return utf8(written(document));
}

/**
 * @param {Uint8Array} bytes
 * @returns {*} the document
 * @throws {NonCanonicalEncoding} for what encodeDocument would not have written
 */
export function decodeDocument(bytes) {
  const document = parsed(bytes);
  if (!isEqual(encodeDocument(document), bytes)) {
    throw new NonCanonicalEncoding();
  }
  return document;
}

function parsed(bytes) {
  try {
    // With ignoreBOM the mark stays in the text, and JSON refuses it.
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new NonCanonicalEncoding();
  }
}

function written(value) {
  if (value === null || typeof value === "boolean") {
    return String(value);
  }
  if (typeof value === "number") {
    return writtenInteger(value);
  }
  if (typeof value === "string") {
    return writtenString(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(written).join(",")}]`;
  }
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return `{${Object.keys(value).sort().map((key) => writtenField(key, value[key])).join(",")}}`;
  }
  throw new NonCanonicalEncoding("a value has no canonical form");
}

function writtenField(key, value) {
  // Code units below 0x80 sort as their bytes do.
  if (!/^[\x00-\x7f]*$/.test(key)) {
    throw new NonCanonicalEncoding("a key is not ASCII");
  }
  return `${JSON.stringify(key)}:${written(value)}`;
}

function writtenInteger(value) {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    throw new NonCanonicalEncoding("a number is not an integer below 2^53");
  }
  return String(value);
}

function writtenString(value) {
  if (LONE_SURROGATE.test(value)) {
    throw new NonCanonicalEncoding("a string has a lone surrogate");
  }
  return JSON.stringify(value);
}

/** @param {Uint8Array} bytes @returns {string} lower-case hex */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {string} text lower-case hex
 * @returns {Uint8Array}
 * @throws {NonCanonicalEncoding}
 */
export function fromHex(text) {
  if (typeof text !== "string" || text.length % 2 || !/^[0-9a-f]*$/.test(text)) {
    throw new NonCanonicalEncoding("not lower-case hex");
  }
  return Uint8Array.from({ length: text.length / 2 }, (_, at) =>
    parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

/** @param {Uint8Array} bytes @returns {string} RFC 4648 §4, padded */
export function toBase64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/**
 * @param {string} text
 * @returns {Uint8Array}
 * @throws {NonCanonicalEncoding} also for non-zero trailing bits
 */
export function fromBase64(text) {
  if (typeof text !== "string" || text.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new NonCanonicalEncoding("not base64");
  }
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  if (toBase64(bytes) !== text) {
    throw new NonCanonicalEncoding("base64 with trailing bits");
  }
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} count of symbols; at most 8 bits of the bytes for every 5 of them
 * @returns {string} the first bits, five to a symbol, most significant first (§1.6)
 */
export function toCrockford(bytes, count) {
  if (count * SYMBOL_BITS > bytes.length * 8) {
    throw new RangeError("more symbols than bits");
  }
  return Array.from({ length: count }, (_, symbol) => CROCKFORD[bitsAt(bytes, symbol)]).join("");
}

function bitsAt(bytes, symbol) {
  let value = 0;
  for (let bit = symbol * SYMBOL_BITS; bit < (symbol + 1) * SYMBOL_BITS; bit++) {
    value = value * 2 + ((bytes[bit >> 3] >> (7 - (bit & 7))) & 1);
  }
  return value;
}

/**
 * @param {string} typed by a person
 * @returns {string} symbols of Crockford's alphabet (§1.6)
 * @throws {NonCanonicalEncoding} for any character that is not one
 */
export function normaliseTyped(typed) {
  // Only ASCII letters are raised: "ı" and the like must not turn into symbols.
  const symbols = typed
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
    .replace(/[ -]/g, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
  if (![...symbols].every((symbol) => CROCKFORD.includes(symbol))) {
    throw new NonCanonicalEncoding("a character is not a symbol");
  }
  return symbols;
}
