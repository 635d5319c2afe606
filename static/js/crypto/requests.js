// What a voter's browser says to register and service, and what it believes of their
// answers (§3.3, §4.4). Requests and answers are documents with hex and base64.

import { signBallot, signStatus, trackingDigest } from "./ballot_signature.js";
import { isEqual, u32 } from "./bytes.js";
import { deriveBlind, deriveCredential, loginSeed } from "./codes.js";
import { hex, integer, point, readFields } from "./documents.js";
import { encodeBase64, encodeHex } from "./encoding.js";
import { OtherElection, ReceiptRefused } from "./errors.js";
import { encodePoint } from "./group.js";
import { publicKey, sign, verifySignature } from "./signing.js";
import {
  TOKEN_PROOF_BYTES, blind, credentialElement, unblind, verifyEvaluations,
} from "./voprf.js";

/**
 * To the register: who am I?
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {string} code
 * @returns {{fingerprint: string, login: string, signature: string}}
 */
export function identifyRequest(fingerprint, code) {
  const login = publicKey(loginSeed(fingerprint, code));
  return signedLogin(fingerprint, code, "identify", login);
}

function signedLogin(fingerprint, code, tag, said) {
  const seed = loginSeed(fingerprint, code);
  return {
    fingerprint: encodeHex(fingerprint),
    login: encodeHex(publicKey(seed)),
    signature: encodeHex(sign(seed, tag, fingerprint, said)),
  };
}

/**
 * To the register: my right, blinded. The same each time it is asked for.
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {string} code
 * @param {Uint8Array} salt 32 bytes
 * @returns {{blinded: string, fingerprint: string, login: string, signature: string}}
 */
export function rightRequest(fingerprint, code, salt) {
  const blinded = encodePoint(blindedElement(fingerprint, code, salt));
  return {
    blinded: encodeHex(blinded), ...signedLogin(fingerprint, code, "right", blinded),
  };
}

function blindedElement(fingerprint, code, salt) {
  const credential = encodePoint(deriveCredential(fingerprint, code, salt).public);
  const factor = deriveBlind(fingerprint, code, salt);
  return blind(credentialElement(fingerprint, credential), factor);
}

/**
 * Check the register's answer against the manifest's issuer key, and unblind it.
 * @param {object} election of readManifest
 * @param {number} group
 * @param {string} code
 * @param {Uint8Array} salt 32 bytes
 * @param {{evaluated: string, proof: string}} answer
 * @returns {object} the token, a point
 * @throws {ProofRefused} @throws {NonCanonicalEncoding} @throws {NonCanonicalPoint}
 * @throws {IdentityPoint} @throws {NonCanonicalScalar}
 */
export function openRight(election, group, code, salt, answer) {
  const { evaluated, proof } = readFields(answer, {
    evaluated: point, proof: hex(TOKEN_PROOF_BYTES),
  });
  const { fingerprint, groups } = election;
  const blinded = blindedElement(fingerprint, code, salt);
  verifyEvaluations(groups[group].issuerKey, [blinded], [evaluated], proof);
  return unblind(evaluated, deriveBlind(fingerprint, code, salt));
}

/**
 * To the service: my ballot, with the right and the credential's signature.
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {{secret: bigint, public: object}} credential
 * @param {object} token a point
 * @param {Uint8Array} sealed
 * @returns {object} the document of §4.4
 */
export function castRequest(fingerprint, credential, token, sealed) {
  const tracking = trackingDigest(fingerprint, credential.public, sealed);
  return {
    ballot: encodeBase64(sealed),
    credential: encodeHex(encodePoint(credential.public)),
    fingerprint: encodeHex(fingerprint),
    signature: encodeHex(signBallot(fingerprint, credential.secret, token, tracking)),
    token: encodeHex(encodePoint(token)),
  };
}

/**
 * To the service: the receipts of my ballots.
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {{secret: bigint, public: object}} credential
 * @returns {{credential: string, fingerprint: string, signature: string}}
 */
export function statusRequest(fingerprint, credential) {
  return {
    credential: encodeHex(encodePoint(credential.public)),
    fingerprint: encodeHex(fingerprint),
    signature: encodeHex(signStatus(fingerprint, credential.secret)),
  };
}

/**
 * Refuse a receipt that is not the service's promise for this election.
 * @param {object} election of readManifest
 * @param {object} receipt the document of §4.4
 * @param {Uint8Array} [tracking] of the ballot it must be for, 32 bytes
 * @returns {{batch: number, tracking: Uint8Array}}
 * @throws {NonCanonicalEncoding} @throws {OtherElection} @throws {ReceiptRefused}
 * @throws {BadSignature}
 */
export function verifyReceipt(election, receipt, tracking = undefined) {
  const fields = readFields(receipt, {
    batch: integer(0, 2 ** 32 - 1), fingerprint: hex(32), signature: hex(64), tracking: hex(32),
  });
  if (!isEqual(fields.fingerprint, election.fingerprint)) {
    throw new OtherElection();
  }
  if (tracking !== undefined && !isEqual(fields.tracking, tracking)) {
    throw new ReceiptRefused();
  }
  const parts = [fields.fingerprint, fields.tracking, u32(fields.batch)];
  verifySignature(election.serviceKey, fields.signature, "receipt", ...parts);
  return { batch: fields.batch, tracking: fields.tracking };
}
