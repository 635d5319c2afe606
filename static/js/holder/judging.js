// What a complaint and its answer are worth, reckoned by each holder (§3.1).

import { requireForm } from "../crypto/documents.js";
import { judgeOpening, verifyComplaint } from "../crypto/openings.js";
import { verifyCeremony } from "../crypto/transcript.js";
import { VerdictDiffers } from "./refusals.js";

/**
 * Check complaint and answer, believing the server in nothing.
 * @param {object} document of the ceremony, its shares dealt
 * @param {object} dispute that has been answered
 * @returns {boolean} whether the opened share is right
 * @throws {BadSignature} @throws {VerdictDiffers} and what verifyCeremony throws
 */
export function judgeDispute(document, dispute) {
  const { round, revealed } = verifyCeremony(document);
  const { by, dealer, opening, right } = dispute;
  verifyComplaint(round, dispute);
  requireForm(opening.dealer === dealer && opening.recipient === by, "another share");
  const isRight = judgeOpening(round, revealed, opening) !== null;
  if (isRight !== right) {
    throw new VerdictDiffers();
  }
  return isRight;
}
