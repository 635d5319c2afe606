// Sharing the election key: Feldman's polynomials and Lagrange's coefficients (§3.1, §5.7).

import { ORDER, G, encodePoints, invert, multiply, multiplyPublic, randomScalar, reduce, sum } from "./group.js";

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
export function evaluate(polynomial, index) {
  return polynomial.reduceRight(
    (value, coefficient) => reduce(value * BigInt(index) + coefficient),
    0n,
  );
}

/** @param {object[]} points F_0 … F_{k-1} @param {number} index j @returns {object} f(j)·G */
export function evaluateCommitments(points, index) {
  const powers = points.map((_, exponent) => BigInt(index) ** BigInt(exponent) % ORDER);
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
