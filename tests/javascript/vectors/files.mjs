// Reads the files of tests/vectors/own, whose form tests/vectors/README.md describes.

import { decodeBase64, decodeHex } from "../../../static/js/crypto/encoding.js";

/**
 * @param {string} name `operation/reason`
 * @param {string} text of the file
 * @returns {{name: string, operation: string, expect: string, inputs: object, body: Uint8Array}}
 */
export function parseVector(name, text) {
  const blank = text.indexOf("\n\n");
  const { operation, expect, comment, ...inputs } = fieldsOf(text.slice(0, blank));
  if (operation !== name.split("/")[0] || !expect || !comment) {
    throw new Error(`${name} is not of the described form`);
  }
  const body = decodeBase64(text.slice(blank + 2).replaceAll("\n", ""));
  return { name, operation, expect, inputs, body };
}

function fieldsOf(head) {
  return Object.fromEntries(head.split("\n").map((line) => {
    const colon = line.indexOf(": ");
    return [line.slice(0, colon), line.slice(colon + 2)];
  }));
}

/** @param {object} vector @param {string} field @returns {Uint8Array} of a hex input */
export function bytesOf(vector, field) {
  return decodeHex(vector.inputs[field]);
}

/** @param {object} vector @param {string} field @returns {*} of a JSON input */
export function jsonOf(vector, field) {
  return JSON.parse(vector.inputs[field]);
}

/** @param {*} actual @param {*} expected @param {string} what @throws {Error} unless equal */
export function requireSame(actual, expected, what) {
  const [found, wanted] = [shown(actual), shown(expected)];
  if (found !== wanted) {
    throw new Error(`${what}: ${found} instead of ${wanted}`);
  }
}

function shown(value) {
  return JSON.stringify(value, (_, part) =>
    (typeof part === "bigint" ? `${part}n` : part instanceof Uint8Array ? [...part] : part));
}

/**
 * @param {function(): void} action
 * @param {string} reason the name of the refusal
 * @throws {Error} unless the action was refused for that reason
 */
export function requireRefusal(action, reason) {
  try {
    action();
  } catch (error) {
    requireSame(error.name, reason, "refusal");
    return;
  }
  throw new Error(`accepted, where ${reason} was expected`);
}
