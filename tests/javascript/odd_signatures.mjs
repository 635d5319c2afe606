// Signatures by keys and nonces that no honest signer has: with parts of small order.

import { ED25519_TORSION_SUBGROUP, ed25519 } from "../../static/vendor/noble-curves/ed25519.js";
import { bytesToNumberLE } from "../../static/vendor/noble-curves/utils.js";
import { sha512 } from "../../static/vendor/noble-hashes/sha2.js";
import { concat, utf8 } from "../../static/js/crypto/bytes.js";

const { Point } = ed25519;
const SECRET = 123456789123456789n;
const PUBLIC = Point.BASE.multiply(SECRET);
const EIGHTH = Point.fromHex(ED25519_TORSION_SUBGROUP[1]);

/** @returns {Array<{name: string, key: Uint8Array, signature: Uint8Array, message: Uint8Array}>} */
export function oddSignatures() {
  const odd = [
    signed("plain", PUBLIC, Point.BASE.multiply(7n), 7n),
    signed("nonce zero", PUBLIC, Point.ZERO, 0n),
    signed("nonce of order 8", PUBLIC, EIGHTH, 0n),
    signed("key of order 8", EIGHTH, Point.BASE.multiply(7n), 7n),
    beyondOrder(signed("S plus the order", PUBLIC, Point.BASE.multiply(7n), 7n)),
  ];
  for (let nonce = 20n; nonce < 44n; nonce++) {
    const point = Point.BASE.multiply(nonce);
    odd.push(signed(`mixed key ${nonce}`, PUBLIC.add(EIGHTH), point, nonce));
    odd.push(signed(`mixed both ${nonce}`, PUBLIC.add(EIGHTH), point.add(EIGHTH), nonce));
  }
  odd.push(signed("mixed nonce", PUBLIC, Point.BASE.multiply(9n).add(EIGHTH), 9n));
  return odd;
}

function signed(name, publicPoint, noncePoint, nonce) {
  const [key, r, message] = [publicPoint.toBytes(), noncePoint.toBytes(), utf8(name)];
  const k = Point.Fn.create(bytesToNumberLE(sha512(concat(r, key, message))));
  const s = Point.Fn.toBytes(Point.Fn.create(nonce + k * SECRET));
  return { name, key, signature: concat(r, s), message };
}

function beyondOrder({ signature, ...rest }) {
  let beyond = bytesToNumberLE(signature.subarray(32)) + Point.Fn.ORDER;
  const s = Uint8Array.from({ length: 32 }, () => {
    const byte = Number(beyond & 0xffn);
    beyond >>= 8n;
    return byte;
  });
  return { ...rest, signature: concat(signature.subarray(0, 32), s) };
}
