// Signed reports that a board was verified, for boards too large to wait for (§3.5).

import { isEqual, u64 } from "../crypto/bytes.js";
import { hex, integer, only, readFields } from "../crypto/documents.js";
import { decodeJson, encodeHex, encodeJson } from "../crypto/encoding.js";
import { CryptoError } from "../crypto/errors.js";
import { sign, verifySignature } from "../crypto/signing.js";
import { ReportRefused, ReportsMissing } from "./refusals.js";

export const REPORTS_NEEDED = 2;
const FORMAT = "urne/v1/report";

/**
 * @param {object} election of readManifest
 * @param {{size: number, root: Uint8Array}} head of a board that the caller has verified
 * @param {number} index of the holder
 * @param {Uint8Array} signingSeed 32 bytes
 * @returns {Uint8Array} the report
 */
export function makeReport(election, head, index, signingSeed) {
  return encodeJson({
    fingerprint: encodeHex(election.fingerprint),
    format: FORMAT,
    index,
    passed: true,
    root: encodeHex(head.root),
    signature: encodeHex(sign(signingSeed, "report", ...parts(election, head))),
    size: head.size,
  });
}

/**
 * Refuse a board that two different holders have not vouched for.
 * @param {object} election of readManifest
 * @param {{size: number, root: Uint8Array}} head of verifyCheckpoint
 * @param {Uint8Array[]} reports
 * @throws {ReportsMissing} @throws {ReportRefused}
 */
export function requireReports(election, head, reports) {
  const signers = new Set(reports.map((report) => readReport(election, head, report)));
  if (signers.size < REPORTS_NEEDED) {
    throw new ReportsMissing();
  }
}

function readReport(election, head, bytes) {
  try {
    const { fingerprint, index, root, signature, size } = readFields(decodeJson(bytes), {
      fingerprint: hex(32), format: only(FORMAT), index: integer(1, election.holders.length),
      passed: only(true), root: hex(32), signature: hex(64), size: integer(1),
    });
    const { signingKey } = election.holders[index - 1];
    verifySignature(signingKey, signature, "report", ...parts(election, { root, size }));
    const isOfBoard = isEqual(fingerprint, election.fingerprint)
      && isEqual(root, head.root) && size === head.size;
    if (isOfBoard) {
      return index;
    }
  } catch (error) {
    if (!(error instanceof CryptoError)) {
      throw error;
    }
  }
  throw new ReportRefused();
}

function parts(election, { root, size }) {
  return [election.fingerprint, root, u64(size)];
}
