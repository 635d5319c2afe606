// Partial decryptions, their proofs, and combining them (§5.4, §5.7).
//
// A statement is `{tag, parts, shareKey, base}`: D = x·base for the x of shareKey = x·G,
// the challenge hashing the parts first. A place is `{unit, contest, slot}`: contest is
// the manifest's index, unit and slot count from 0.

import { concat, split, u16 } from "./bytes.js";
import { isHolding } from "./equations.js";
import { NoSuchTotal, ProofRefused, TooFewPartials } from "./errors.js";
import {
  G, IDENTITY, POINT_BYTES, SCALAR_BYTES, decodePoint, decodeScalar, encodePoint, encodeScalar,
  multiply, multiplyPublic, randomScalar, reduce, sum,
} from "./group.js";
import { challenge, hashToPoint } from "./hashing.js";
import { lagrange } from "./sharing.js";

export const DECRYPTION_BYTES = 3 * POINT_BYTES + SCALAR_BYTES;
export const MAXIMUM_TOTAL = 1_000_000;

/**
 * What a holder proves of one ciphertext of a tally (§5.4).
 * @param {Uint8Array} fingerprint 32 bytes
 * @param {Uint8Array} tally digest, 32 bytes
 * @param {number} index of the holder, from 1
 * @param {object} shareKey X_i
 * @param {{unit: number, contest: number, slot: number}} place
 * @param {{a: object, b: object}} ciphertext
 * @returns {object} the statement
 */
export function countingStatement(fingerprint, tally, index, shareKey, place, ciphertext) {
  const parts = [
    fingerprint,
    tally,
    ...[index, place.unit, place.contest, place.slot].map(u16),
    ...[shareKey, ciphertext.a, ciphertext.b].map(encodePoint),
  ];
  return { tag: "proof/decryption", parts, shareKey, base: ciphertext.a };
}

/**
 * What a holder proves of the rehearsal's point `Z = P("rehearsal", transcript)`.
 * @param {Uint8Array} transcript digest, 32 bytes
 * @param {number} index of the holder, from 1
 * @param {object} shareKey X_i
 * @returns {object} the statement
 */
export function rehearsalStatement(transcript, index, shareKey) {
  const base = hashToPoint("rehearsal", transcript);
  const parts = [transcript, u16(index), encodePoint(shareKey), encodePoint(base)];
  return { tag: "proof/rehearsal", parts, shareKey, base };
}

/**
 * @param {object} statement
 * @param {bigint} share x
 * @returns {Uint8Array} D || K1 || K2 || z, 128 bytes
 */
export function decryptPartially(statement, share) {
  const nonce = randomScalar();
  const points = concat(
    encodePoint(multiply(share, statement.base)),
    encodePoint(multiply(nonce, G)),
    encodePoint(multiply(nonce, statement.base)),
  );
  const response = reduce(nonce + challengeOf(statement, points) * share);
  return concat(points, encodeScalar(response));
}

/**
 * @param {object} statement
 * @param {Uint8Array} partial 128 bytes
 * @returns {{share: object, equations: Array}} the point D, and what must hold
 * @throws {WrongLength} @throws {NonCanonicalPoint} @throws {IdentityPoint}
 * @throws {NonCanonicalScalar}
 */
export function partialEquations(statement, partial) {
  const [points, encoded] = split(partial, 3 * POINT_BYTES, SCALAR_BYTES);
  const [share, k1, k2] = split(points, POINT_BYTES, POINT_BYTES, POINT_BYTES).map(decodePoint);
  const c = challengeOf(statement, points);
  const z = decodeScalar(encoded);
  return {
    share,
    equations: [
      [[1n, k1], [c, statement.shareKey], [-z, G]],
      [[1n, k2], [c, share], [-z, statement.base]],
    ],
  };
}

/**
 * @param {object} statement
 * @param {Uint8Array} partial 128 bytes
 * @returns {object} the point D
 * @throws {ProofRefused} and what partialEquations throws
 */
export function verifyPartial(statement, partial) {
  const { share, equations } = partialEquations(statement, partial);
  if (!equations.every(isHolding)) {
    throw new ProofRefused();
  }
  return share;
}

function challengeOf(statement, points) {
  const parts = split(points, POINT_BYTES, POINT_BYTES, POINT_BYTES);
  return challenge(statement.tag, ...statement.parts, ...parts);
}

/**
 * Σ λ_i·D_i over the lowest indices (§5.7).
 * @param {Map<number, object>} shares verified D_i by holder's index
 * @param {number} threshold k
 * @returns {object}
 * @throws {TooFewPartials}
 */
export function combine(shares, threshold) {
  const chosen = [...shares.keys()].sort((a, b) => a - b).slice(0, threshold);
  if (chosen.length < threshold) {
    throw new TooFewPartials(`${chosen.length} of ${threshold}`);
  }
  return sum(chosen.map((index) => multiplyPublic(lagrange(index, chosen), shares.get(index))));
}

/**
 * @param {{a: object, b: object}} ciphertext
 * @param {Map<number, object>} shares verified D_i by holder's index
 * @param {number} threshold k
 * @returns {object} M = B - Σ λ_i·D_i, which is v·G (§5.7)
 * @throws {TooFewPartials}
 */
export function decryptedPoint(ciphertext, shares, threshold) {
  return ciphertext.b.subtract(combine(shares, threshold));
}

/** Small logarithms by baby steps and giant steps; one table for every total of a tally. */
export class DiscreteLogs {
  /** @param {number} maximum the greatest total, at most 1,000,000 */
  constructor(maximum) {
    if (!(maximum >= 0 && maximum <= MAXIMUM_TOTAL)) {
      throw new RangeError(`totals reach from 0 to ${MAXIMUM_TOTAL}`);
    }
    this.maximum = maximum;
    this.step = Math.floor(Math.sqrt(maximum)) + 1;
    this.baby = new Map();
    let point = IDENTITY;
    for (let value = 0; value < this.step; value++) {
      this.baby.set(encodePoint(point).join(), value);
      point = point.add(G);
    }
    this.giant = point;
  }

  /**
   * @param {object} point
   * @param {number} ballots of the unit
   * @returns {number} the v with v·G = point, 0 <= v <= ballots
   * @throws {NoSuchTotal}
   */
  find(point, ballots) {
    if (!(ballots >= 0 && ballots <= this.maximum)) {
      throw new RangeError("more ballots than the table was made for");
    }
    let rest = point;
    for (let giant = 0; giant * this.step <= ballots; giant++) {
      const baby = this.baby.get(encodePoint(rest).join());
      if (baby !== undefined && giant * this.step + baby <= ballots) {
        return giant * this.step + baby;
      }
      rest = rest.subtract(this.giant);
    }
    throw new NoSuchTotal();
  }
}
