// The accept-equations of the proofs, one at a time or many at once (§5.10).
//
// An equation is a list of terms `[scalar, point]` whose sum must be the identity. Points
// that several equations share (G, Y, a ciphertext) are the same objects, and count once.

import { randomBytes } from "./bytes.js";
import { multiplyMany, reduce } from "./group.js";

const WEIGHT_BYTES = 16;

/**
 * @param {Array<[bigint, object]>} equation
 * @returns {boolean} whether this one holds
 */
export function isHolding(equation) {
  return total(merged([equation], () => 1n)).is0();
}

/**
 * Whether all hold, but for a chance of 2^-128: the weights are drawn after everything
 * was decoded, so that nobody can have made two errors that cancel.
 * @param {Array<Array<[bigint, object]>>} equations
 * @returns {boolean}
 */
export function areHolding(equations) {
  return total(merged(equations, drawWeight)).is0();
}

function merged(equations, weigh) {
  const scalars = new Map();
  for (const equation of equations) {
    const weight = weigh();
    for (const [scalar, point] of equation) {
      scalars.set(point, (scalars.get(point) ?? 0n) + weight * scalar);
    }
  }
  return scalars;
}

function total(scalars) {
  return multiplyMany([...scalars.values()].map(reduce), [...scalars.keys()]);
}

function drawWeight() {
  return randomBytes(WEIGHT_BYTES).reduce((weight, byte) => (weight << 8n) | BigInt(byte), 0n);
}
