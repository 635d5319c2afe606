// Refusals in a sentence.

import { ServerRefused } from "./server.js";
import { hasText, say } from "./texts.js";

// What the reading of a file or a document refuses, before anything is known of it.
const UNREADABLE = new Set([
  "NonCanonicalEncoding", "NonCanonicalPoint", "NonCanonicalScalar", "WrongLength", "IdentityPoint",
]);

/** @param {Error} error @returns {string} for the screen */
export function wordsFor(error) {
  if (error instanceof ServerRefused && error.message !== "") {
    return error.message;
  }
  return hasText(error.name) ? say(error.name) : say("general", { name: error.name });
}

/** @param {Error} error of opening a file @returns {string} */
export function wordsForFile(error) {
  return UNREADABLE.has(error.name) ? say("NotAKeyFile") : wordsFor(error);
}
