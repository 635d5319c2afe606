// What a complaint and its answer are worth, reckoned by each holder (§3.1).

import { requireForm } from "../crypto/documents.js";
import { judgeOpening, verifyComplaint } from "../crypto/openings.js";
import { verifyCeremony } from "../crypto/transcript.js";
import { VerdictDiffers } from "./refusals.js";

/**
 * Check complaint and answer, believing the server in nothing.
 * @param {object} document of the ceremony, its shares dealt
 * @param {object} dispute answered or not
 * @returns {boolean|null} whether the opened share is right; null: none is opened
 * @throws {BadSignature} nobody complained so, or the dealer did not answer so
 * @throws {VerdictDiffers} the server tells another outcome, or one without an answer
 * @throws {NonCanonicalEncoding} and what verifyCeremony throws
 */
export function judgeDispute(document, dispute) {
  const { round, revealed } = verifyCeremony(document);
  const { by, dealer, opening, right } = dispute;
  verifyComplaint(round, dispute);
  requireForm(by !== dealer, "a complaint of oneself");
  const outcome = opening === null ? null : outcomeOf(round, revealed, dispute);
  if (outcome !== right) {
    throw new VerdictDiffers();
  }
  return outcome;
}

function outcomeOf(round, revealed, { by, dealer, opening }) {
  requireForm(opening.dealer === dealer && opening.recipient === by, "another share");
  return judgeOpening(round, revealed, opening) !== null;
}
