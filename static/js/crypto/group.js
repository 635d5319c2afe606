// The group ristretto255: strict decoding, and multiplication that knows zero (§1.3).
//
// A scalar is a bigint 0 <= s < ORDER, a point an object of @noble/curves. noble masks
// secret scalars as far as JavaScript can; it is not constant time in the strict sense.

import { mulAddUnsafe, pippenger } from "../../vendor/noble-curves/abstract/curve.js";
import { ristretto255, ristretto255_hasher } from "../../vendor/noble-curves/ed25519.js";
import { bytesToNumberLE, numberToBytesLE } from "../../vendor/noble-curves/utils.js";
import { randomBytes, requireLength } from "./bytes.js";
import { IdentityPoint, NonCanonicalPoint, NonCanonicalScalar, ZeroScalar } from "./errors.js";

const { Point } = ristretto255;

export const POINT_BYTES = 32;
export const SCALAR_BYTES = 32;
export const ORDER = Point.Fn.ORDER;
export const G = Point.BASE;
export const IDENTITY = Point.ZERO;

// 5 bits: with it, table and multiplications of a usual ballot together cost least.
const KEY_WINDOW = 5;

// What a point was decoded from is its only encoding; making it anew costs a root.
const encodings = new WeakMap();

/**
 * Decode a point; the identity is one.
 * @param {Uint8Array} bytes 32
 * @returns {object} the point
 * @throws {WrongLength} @throws {NonCanonicalPoint}
 */
export function decodeAnyPoint(bytes) {
  requireLength("point", POINT_BYTES, bytes);
  try {
    const point = Point.fromBytes(bytes);
    encodings.set(point, bytes.slice());
    return point;
  } catch {
    throw new NonCanonicalPoint();
  }
}

/**
 * Decode a point that is not the identity.
 * @param {Uint8Array} bytes 32
 * @returns {object} the point
 * @throws {WrongLength} @throws {NonCanonicalPoint} @throws {IdentityPoint}
 */
export function decodePoint(bytes) {
  return requireNotIdentity(decodeAnyPoint(bytes));
}

/**
 * @param {object} point
 * @returns {object} the same point
 * @throws {IdentityPoint}
 */
export function requireNotIdentity(point) {
  if (point.is0()) {
    throw new IdentityPoint();
  }
  return point;
}

/** @param {object} point @returns {Uint8Array} 32 bytes, to be read only */
export function encodePoint(point) {
  if (!encodings.has(point)) {
    encodings.set(point, point.toBytes());
  }
  return encodings.get(point);
}

/** @param {...object} points @returns {Uint8Array} 32 bytes each */
export function encodePoints(...points) {
  const joined = new Uint8Array(points.length * POINT_BYTES);
  points.forEach((point, at) => joined.set(encodePoint(point), at * POINT_BYTES));
  return joined;
}

/**
 * @param {Uint8Array} bytes 32, little-endian
 * @returns {bigint}
 * @throws {WrongLength} @throws {NonCanonicalScalar}
 */
export function decodeScalar(bytes) {
  requireLength("scalar", SCALAR_BYTES, bytes);
  const scalar = bytesToNumberLE(bytes);
  if (scalar >= ORDER) {
    throw new NonCanonicalScalar();
  }
  return scalar;
}

/** @param {bigint} scalar below ORDER @returns {Uint8Array} 32 bytes, little-endian */
export function encodeScalar(scalar) {
  return numberToBytesLE(scalar, SCALAR_BYTES);
}

/** @param {bigint} value @returns {bigint} modulo ORDER, not negative */
export function reduce(value) {
  return Point.Fn.create(value);
}

/** @param {bigint} scalar @returns {bigint} @throws {ZeroScalar} */
export function invert(scalar) {
  if (scalar === 0n) {
    throw new ZeroScalar();
  }
  return Point.Fn.inv(scalar);
}

/** @param {Uint8Array} bytes 64, little-endian @returns {bigint} modulo ORDER */
export function scalarFromWide(bytes) {
  return reduce(bytesToNumberLE(requireLength("wide scalar", 64, bytes)));
}

/** @returns {bigint} uniform, not zero, from the platform's generator */
export function randomScalar() {
  for (;;) {
    const scalar = scalarFromWide(randomBytes(64));
    if (scalar !== 0n) {
      return scalar;
    }
  }
}

/** @param {Uint8Array} bytes 64, uniform @returns {object} RFC 9496 §4.3.4 */
export function fromUniformBytes(bytes) {
  return ristretto255_hasher.deriveToCurve(requireLength("uniform bytes", 64, bytes));
}

/**
 * Multiply by a secret scalar.
 * @param {bigint} scalar
 * @param {object} point
 * @returns {object}
 */
export function multiply(scalar, point) {
  return scalar === 0n || point.is0() ? IDENTITY : point.multiply(scalar);
}

/**
 * Multiply by a scalar that everybody may know; faster, and not masked.
 * @param {bigint} scalar
 * @param {object} point
 * @returns {object}
 */
export function multiplyPublic(scalar, point) {
  return point.multiplyUnsafe(scalar);
}

/** @param {Iterable<object>} points @returns {object} */
export function sum(points) {
  let total = IDENTITY;
  for (const point of points) {
    total = total.add(point);
  }
  return total;
}

// From so many points on, Pippenger's buckets beat a table for every point.
const BUCKETS_FROM = 1500;

/**
 * Σ scalar·point over public values.
 * @param {bigint[]} scalars
 * @param {object[]} points
 * @returns {object}
 */
export function multiplyMany(scalars, points) {
  const add = points.length < BUCKETS_FROM ? mulAddUnsafe : pippenger;
  return add(Point, points, scalars);
}

/**
 * Let a point remember its multiples, as is worth it from some ten multiplications on.
 * The table is made at the first of them.
 * @param {object} point
 * @returns {object} the same point
 */
export function rememberMultiples(point) {
  return point.precompute(KEY_WINDOW);
}
