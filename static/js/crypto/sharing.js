// Sharing the election key: Feldman's polynomials and Lagrange's coefficients (§3.1, §5.7).

import { ImpossibleThreshold } from "./errors.js";
import {
  G, encodePoints, invert, multiply, multiplyPublic, randomScalar, reduce, sum,
} from "./group.js";

export const FEWEST_HOLDERS = 3;
export const MOST_HOLDERS = 9;

/**
 * @param {number} holders n
 * @param {number} threshold k
 * @throws {ImpossibleThreshold} unless 3 <= n <= 9 and n/2 < k < n
 */
export function requireThreshold(holders, threshold) {
  if (!(holders >= FEWEST_HOLDERS && holders <= MOST_HOLDERS)) {
    throw new ImpossibleThreshold("3 to 9 holders");
  }
  if (!(Number.isInteger(threshold) && 2 * threshold > holders && threshold < holders)) {
    throw new ImpossibleThreshold("more than half of the holders, and not all");
  }
}

/** @param {number} threshold k @returns {bigint[]} k coefficients f_0 … f_{k-1}, not zero */
export function drawPolynomial(threshold) {
  return Array.from({ length: threshold }, randomScalar);
}

/** @param {bigint[]} polynomial @returns {object[]} the points F_0 … F_{k-1} */
export function commitmentsTo(polynomial) {
  return polynomial.map((coefficient) => multiply(coefficient, G));
}

/** @param {object[]} points @returns {Uint8Array} F_0 || … || F_{k-1}, 32 bytes each */
export function encodeCommitments(points) {
  return encodePoints(...points);
}

/** @param {bigint[]} polynomial @param {number} index j @returns {bigint} f(j) */
export function shareOf(polynomial, index) {
  return polynomial.reduceRight(
    (value, coefficient) => reduce(value * BigInt(index) + coefficient),
    0n,
  );
}

/** @param {object[]} points F_0 … F_{k-1} @param {number} index j @returns {object} f(j)·G */
export function publicShare(points, index) {
  const powers = points.map((_, exponent) => BigInt(index) ** BigInt(exponent));
  return sum(points.map((point, at) => multiplyPublic(powers[at], point)));
}

/**
 * @param {number} index i
 * @param {number[]} indices all that take part, i among them
 * @returns {bigint} λ_i = Π j/(j - i) over the others (§5.7)
 */
export function lagrange(index, indices) {
  const others = indices.filter((other) => other !== index).map(BigInt);
  const numerator = others.reduce((product, j) => reduce(product * j), 1n);
  const denominator = others.reduce((product, j) => reduce(product * (j - BigInt(index))), 1n);
  return reduce(numerator * invert(denominator));
}
