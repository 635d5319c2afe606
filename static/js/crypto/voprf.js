// RFC 9497, mode VOPRF, suite ristretto255-SHA512: the voter's half, and the proof (§3.3).
//
// The token is the unblinded element itself, not the hash that RFC 9497 finalises it to.

import { ristretto255_hasher } from "../../vendor/noble-curves/ed25519.js";
import { sha512 } from "../../vendor/noble-hashes/sha2.js";
import { concat, split, u16, utf8 } from "./bytes.js";
import { BatchTooLarge, EmptyBatch, ProofRefused, WrongLength } from "./errors.js";
import {
  G, SCALAR_BYTES, decodeScalar, encodePoint, invert, multiply, multiplyMany, requireNotIdentity,
} from "./group.js";
import { frames } from "./hashing.js";

const CONTEXT = concat(utf8("OPRFV1-"), Uint8Array.of(1), utf8("-ristretto255-SHA512"));
export const MAXIMUM_BATCH = 10_000;

export const TOKEN_PROOF_BYTES = 2 * SCALAR_BYTES;

/**
 * @param {Uint8Array} input
 * @returns {object} the point HashToGroup(input) of RFC 9497 §4.1
 * @throws {IdentityPoint}
 */
export function hashToGroup(input) {
  const point = ristretto255_hasher.hashToCurve(input, {
    DST: concat(utf8("HashToGroup-"), CONTEXT),
  });
  return requireNotIdentity(point);
}

function hashToScalar(input) {
  return ristretto255_hasher.hashToScalar(input, { DST: concat(utf8("HashToScalar-"), CONTEXT) });
}

/**
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {Uint8Array} credential X, 32 bytes
 * @returns {object} the point E(X) of §3.3
 */
export function credentialElement(fingerprint, credential) {
  return hashToGroup(frames("right", fingerprint, credential));
}

/**
 * @param {object} element a point
 * @param {bigint} factor not zero
 * @returns {object} factor·element
 */
export function blind(element, factor) {
  return multiply(factor, element);
}

/**
 * @param {object} evaluated the issuer's answer, a point
 * @param {bigint} factor that of blind
 * @returns {object} the token, a point
 * @throws {ZeroScalar}
 */
export function unblind(evaluated, factor) {
  return multiply(invert(factor), evaluated);
}

/**
 * Refuse answers that were not made with the announced key (RFC 9497 §2.2.2).
 * @param {object} issuerKey a point
 * @param {object[]} elements C of the RFC
 * @param {object[]} evaluated D of the RFC, as many
 * @param {Uint8Array} proof c || s, 64 bytes
 * @throws {WrongLength} @throws {NonCanonicalScalar} @throws {EmptyBatch}
 * @throws {BatchTooLarge} @throws {ProofRefused}
 */
export function verifyEvaluations(issuerKey, elements, evaluated, proof) {
  requireBatch(elements, evaluated);
  const [c, s] = split(proof, SCALAR_BYTES, SCALAR_BYTES).map(decodeScalar);
  const [m, z] = composites(issuerKey, elements, evaluated);
  const t2 = multiplyMany([s, c], [G, issuerKey]);
  const t3 = multiplyMany([s, c], [m, z]);
  const transcript = [issuerKey, m, z, t2, t3].map((point) => prefixed(encodePoint(point)));
  if (hashToScalar(concat(...transcript, utf8("Challenge"))) !== c) {
    throw new ProofRefused();
  }
}

function requireBatch(elements, evaluated) {
  if (elements.length !== evaluated.length) {
    throw new WrongLength("evaluated elements", elements.length, evaluated.length);
  }
  if (elements.length === 0) {
    throw new EmptyBatch();
  }
  if (elements.length > MAXIMUM_BATCH) {
    throw new BatchTooLarge();
  }
}

function composites(issuerKey, elements, evaluated) {
  const seedDst = prefixed(concat(utf8("Seed-"), CONTEXT));
  const seed = prefixed(sha512(concat(prefixed(encodePoint(issuerKey)), seedDst)));
  const weights = elements.map((element, at) => hashToScalar(concat(
    seed,
    u16(at),
    prefixed(encodePoint(element)),
    prefixed(encodePoint(evaluated[at])),
    utf8("Composite"),
  )));
  return [multiplyMany(weights, elements), multiplyMany(weights, evaluated)];
}

function prefixed(bytes) {
  return concat(u16(bytes.length), bytes);
}
