// Canonical JSON, hex, base64 and Crockford base32: one way to write each (§1.5, §1.6).

import { isEqual, randomBytes, requireLength, utf8 } from "./bytes.js";
import { NonCanonicalEncoding } from "./errors.js";

const BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SYMBOL_BITS = 5;
const MAXIMUM_DEPTH = 32;
// With the flag u a pair is one character, so that only lone halves are in this range.
const LONE_SURROGATE = /[\ud800-\udfff]/u;

// Documents, all but the board, are at most so long (§6.2).
export const DOCUMENT_BYTES = 1024 * 1024;

/**
 * @param {*} document objects, lists, strings, integers, booleans, null
 * @returns {Uint8Array} bytes(document) of §1.5
 * @throws {NonCanonicalEncoding} for what has no canonical form
 */
export function encodeJson(document) {
  return utf8(written(document, MAXIMUM_DEPTH));
}

/**
 * @param {Uint8Array} bytes
 * @param {number} [limit] in bytes
 * @returns {*} the document
 * @throws {NonCanonicalEncoding} for what encodeJson would not have written
 */
export function decodeJson(bytes, limit = DOCUMENT_BYTES) {
  if (bytes.length > limit) {
    throw new NonCanonicalEncoding("the document is too long");
  }
  const document = parsed(bytes);
  if (!isEqual(encodeJson(document), bytes)) {
    throw new NonCanonicalEncoding("the document is not written canonically");
  }
  return document;
}

function parsed(bytes) {
  try {
    // With ignoreBOM the mark stays in the text, and JSON refuses it.
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new NonCanonicalEncoding("the document is not JSON");
  }
}

function written(value, depth) {
  if (depth < 0) {
    throw new NonCanonicalEncoding("the document is nested too deep");
  }
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
    return `[${value.map((item) => written(item, depth - 1)).join(",")}]`;
  }
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => writtenField(key, value[key], depth - 1)).join(",")}}`;
  }
  throw new NonCanonicalEncoding("a value has a type that JSON lacks here");
}

function writtenField(key, value, depth) {
  // Code units below 0x80 sort as their bytes do.
  if (!/^[\x00-\x7f]*$/.test(key)) {
    throw new NonCanonicalEncoding("a key is not ASCII text");
  }
  return `${JSON.stringify(key)}:${written(value, depth)}`;
}

function writtenInteger(value) {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    throw new NonCanonicalEncoding("a number is not an integer below 2^53");
  }
  return String(value);
}

function writtenString(value) {
  requireText(value);
  return JSON.stringify(value);
}

/** @param {string} text @throws {NonCanonicalEncoding} for a lone surrogate */
export function requireText(text) {
  if (LONE_SURROGATE.test(text)) {
    throw new NonCanonicalEncoding("a text has a lone surrogate");
  }
}

/** @param {Uint8Array} bytes @returns {string} lower-case hex */
export function encodeHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {string} text lower-case hex
 * @param {number} [length] of the bytes
 * @returns {Uint8Array}
 * @throws {NonCanonicalEncoding} @throws {WrongLength}
 */
export function decodeHex(text, length) {
  if (typeof text !== "string" || text.length % 2 || !/^[0-9a-f]*$/.test(text)) {
    throw new NonCanonicalEncoding("not lower-case hex");
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = parseInt(text.slice(2 * at, 2 * at + 2), 16);
  }
  return ofLength(bytes, length);
}

/** @param {Uint8Array} bytes @returns {string} RFC 4648 §4, padded */
export function encodeBase64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/**
 * @param {string} text
 * @param {number} [length] of the bytes
 * @returns {Uint8Array}
 * @throws {NonCanonicalEncoding} also for non-zero trailing bits @throws {WrongLength}
 */
export function decodeBase64(text, length) {
  if (typeof text !== "string" || text.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new NonCanonicalEncoding("not base64");
  }
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  if (encodeBase64(bytes) !== text) {
    throw new NonCanonicalEncoding("not canonical base64");
  }
  return ofLength(bytes, length);
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} five bits to a symbol, most significant first, filled up with zeros;
 *   the first n symbols stand for the first 5·n bits (§1.6)
 */
export function encodeBase32(bytes) {
  const count = Math.ceil((bytes.length * 8) / SYMBOL_BITS);
  return Array.from({ length: count }, (_, symbol) => BASE32[bitsAt(bytes, symbol)]).join("");
}

function bitsAt(bytes, symbol) {
  let value = 0;
  for (let bit = symbol * SYMBOL_BITS; bit < (symbol + 1) * SYMBOL_BITS; bit++) {
    value = value * 2 + (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
  }
  return value;
}

/**
 * @param {string} typed by a person
 * @returns {string} symbols of Crockford's alphabet (§1.6)
 * @throws {NonCanonicalEncoding} for any character that is not one
 */
export function normaliseBase32(typed) {
  // Only ASCII letters are raised: "ı" and the like must not turn into symbols.
  const symbols = typed
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
    .replace(/[ -]/g, "")
    .replace(/O/g, "0")
    .replace(/[IL]/g, "1");
  if (![...symbols].every((symbol) => BASE32.includes(symbol))) {
    throw new NonCanonicalEncoding("not a symbol of base32");
  }
  return symbols;
}

/** @param {number} count @returns {string} symbols drawn uniformly, five bits each (§3.3) */
export function drawBase32(count) {
  return Array.from(randomBytes(count), (byte) => BASE32[byte % BASE32.length]).join("");
}

/**
 * @param {string} symbols
 * @param {number} [size] of a group
 * @returns {string} in groups with hyphens between, to be read or typed
 */
export function groupBase32(symbols, size = 5) {
  return symbols.match(new RegExp(`.{1,${size}}`, "g"))?.join("-") ?? "";
}

function ofLength(bytes, length) {
  return length === undefined ? bytes : requireLength("decoded bytes", length, bytes);
}
