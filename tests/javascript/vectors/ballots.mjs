// The operation `ballot`: read it, check it, and open it where the key is given.

import { ballotEquations, decodeBallot, verifyBallot } from "../../../static/js/crypto/ballot.js";
import { requirePossibleStyle } from "../../../static/js/crypto/ballot_shape.js";
import { trackingCode, trackingDigest } from "../../../static/js/crypto/ballot_signature.js";
import { areHolding } from "../../../static/js/crypto/equations.js";
import { decodePoint, decodeScalar, multiplyPublic } from "../../../static/js/crypto/group.js";
import { DiscreteLogs } from "../../../static/js/crypto/decryption.js";
import { bytesOf, jsonOf, requireSame } from "./files.mjs";

/** @param {object} vector @throws {CryptoError} the reason to refuse */
export function readBallot(vector) {
  const style = jsonOf(vector, "contests").map(({ blank, choices, index, max, min }) =>
    ({ blank, choices, index, maximum: max, minimum: min }));
  requirePossibleStyle(style);
  const context = {
    fingerprint: bytesOf(vector, "fingerprint"),
    group: jsonOf(vector, "group"),
    style: jsonOf(vector, "style"),
    revoting: jsonOf(vector, "revoting"),
    credential: decodePoint(bytesOf(vector, "credential")),
    electionKey: decodePoint(bytesOf(vector, "election-key")),
  };
  const ballot = decodeBallot(vector.body, style);
  requireBothWaysAlike(context, ballot);
  verifyBallot(context, ballot);
  if ("votes" in vector.inputs) {
    requireContent(vector, context, ballot);
  }
}

// One equation at a time, and all by one random combination: the same answer.
function requireBothWaysAlike(context, ballot) {
  let reason = "";
  try {
    verifyBallot(context, ballot);
  } catch (error) {
    reason = error.name;
  }
  if (reason === "" || reason === "ProofRefused") {
    requireSame(areHolding(ballotEquations(context, ballot)), reason === "", "all at once");
  }
}

function requireContent(vector, context, ballot) {
  const tracking = trackingDigest(context.fingerprint, context.credential, vector.body);
  requireSame(tracking, bytesOf(vector, "tracking"), "tracking digest");
  requireSame(trackingCode(tracking), vector.inputs["tracking-code"], "tracking code");
  const secret = decodeScalar(bytesOf(vector, "election-secret"));
  const logs = new DiscreteLogs(1);
  const votes = ballot.contests.map(({ ciphertexts }) => ciphertexts.map(({ a, b }) =>
    logs.find(b.subtract(multiplyPublic(secret, a)), 1)));
  requireSame(votes, jsonOf(vector, "votes"), "votes");
}
