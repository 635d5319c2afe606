// The vectors of the RFCs, tests/vectors/rfc, each file by its own check.

import { argon2id } from "../../../static/vendor/noble-hashes/argon2.js";
import { expand_message_xmd } from "../../../static/vendor/noble-curves/abstract/hash-to-curve.js";
import { sha512 } from "../../../static/vendor/noble-hashes/sha2.js";
import { decodeHex, encodeHex } from "../../../static/js/crypto/encoding.js";
import {
  G, IDENTITY, decodeAnyPoint, decodePoint, decodeScalar, encodePoint, fromUniformBytes, multiply,
  multiplyPublic,
} from "../../../static/js/crypto/group.js";
import {
  consistencyProof, inclusionProof, leafHash, rootOf, verifyConsistency, verifyInclusion,
} from "../../../static/js/crypto/merkle.js";
import { publicKey, signBytes, verifyBytes } from "../../../static/js/crypto/signing.js";
import { blind, hashToGroup, unblind, verifyEvaluations } from "../../../static/js/crypto/voprf.js";
import { concat, u16, utf8 } from "../../../static/js/crypto/bytes.js";
import { requireRefusal, requireSame } from "./files.mjs";

/** By name of the file, what reads it; each returns how many cases it has checked. */
export const published = {
  "rfc6962.json": readTrees,
  "rfc8032.json": readSignatures,
  "rfc9106.json": readPassphrases,
  "rfc9380.json": readExpansions,
  "rfc9496.json": readGroup,
  "rfc9497.json": readEvaluations,
};

function readGroup(file) {
  let point = IDENTITY;
  file.multiples_of_generator.forEach((encoding, factor) => {
    requireSame(encodeHex(encodePoint(point)), encoding, `${factor}·G by adding`);
    requireSame(encodeHex(encodePoint(multiply(BigInt(factor), G))), encoding, `${factor}·G`);
    const fast = multiplyPublic(BigInt(factor), G);
    requireSame(encodeHex(encodePoint(fast)), encoding, `${factor}·G`);
    requireSame(encodeHex(decodeAnyPoint(decodeHex(encoding)).toBytes()), encoding, "decoded");
    point = point.add(G);
  });
  requireRefusal(() => decodePoint(new Uint8Array(32)), "IdentityPoint");
  for (const { encoding } of file.invalid_encodings) {
    requireRefusal(() => decodeAnyPoint(decodeHex(encoding)), "NonCanonicalPoint");
  }
  for (const { input, output } of file.from_uniform_bytes) {
    requireSame(encodeHex(encodePoint(fromUniformBytes(decodeHex(input)))), output, input);
  }
  return file.multiples_of_generator.length + file.invalid_encodings.length
    + file.from_uniform_bytes.length;
}

function readEvaluations(file) {
  const issuerKey = decodePoint(decodeHex(file.public_key));
  for (const vector of file.vectors) {
    const factors = vector.blind.map((one) => decodeScalar(decodeHex(one)));
    const inputs = vector.input.map((one) => decodeHex(one));
    const blinded = inputs.map((input, at) => blind(hashToGroup(input), factors[at]));
    const encoded = blinded.map((point) => encodeHex(encodePoint(point)));
    requireSame(encoded, vector.blinded_element, vector.name);
    const evaluated = vector.evaluation_element.map((one) => decodePoint(decodeHex(one)));
    const proof = decodeHex(vector.proof);
    verifyEvaluations(issuerKey, blinded, evaluated, proof);
    proof[0] ^= 1;
    requireRefusal(() => verifyEvaluations(issuerKey, blinded, evaluated, proof), "ProofRefused");
    const tokens = evaluated.map((point, at) => encodePoint(unblind(point, factors[at])));
    const outputs = tokens.map((token, at) => encodeHex(finalized(inputs[at], token)));
    requireSame(outputs, vector.output, vector.name);
  }
  return file.vectors.length;
}

// What RFC 9497 §3.3.1 makes of the unblinded element; our token is the element itself.
function finalized(input, token) {
  return sha512(concat(u16(input.length), input, u16(token.length), token, utf8("Finalize")));
}

function readSignatures(file) {
  for (const vector of file.vectors) {
    const [seed, key, message, signature] = ["secret_key", "public_key", "message", "signature"]
      .map((field) => decodeHex(vector[field]));
    requireSame(publicKey(seed), key, vector.name);
    requireSame(signBytes(seed, message), signature, vector.name);
    verifyBytes(key, signature, message);
    const changed = concat(message, Uint8Array.of(0));
    requireRefusal(() => verifyBytes(key, signature, changed), "BadSignature");
  }
  return file.vectors.length;
}

function readTrees(file) {
  const hashes = file.leaves.map((leaf) => leafHash(decodeHex(leaf)));
  const roots = file.roots_by_size.map((root) => decodeHex(root));
  roots.forEach((root, size) =>
    requireSame(rootOf(hashes.slice(0, size)), root, `root of ${size}`));
  for (const { index, size, proof } of file.inclusion) {
    const path = proof.map((hash) => decodeHex(hash));
    requireSame(inclusionProof(hashes.slice(0, size), index), path, "inclusion");
    verifyInclusion(hashes[index], index, size, path, roots[size]);
  }
  for (const { old_size: old, new_size: size, proof } of file.consistency) {
    const path = proof.map((hash) => decodeHex(hash));
    requireSame(consistencyProof(hashes.slice(0, size), old), path, "consistency");
    verifyConsistency(old, roots[old], size, roots[size], path);
  }
  requireEverySmallTree(hashes, roots);
  return roots.length + file.inclusion.length + file.consistency.length;
}

function requireEverySmallTree(hashes, roots) {
  for (let size = 1; size <= hashes.length; size++) {
    const tree = hashes.slice(0, size);
    for (let index = 0; index < size; index++) {
      const path = inclusionProof(tree, index);
      verifyInclusion(tree[index], index, size, path, roots[size]);
      requireRefusal(
        () => verifyInclusion(tree[index], index, size, [...path, tree[0]], roots[size]),
        "BadInclusionProof",
      );
    }
    for (let old = 1; old <= size; old++) {
      const path = consistencyProof(tree, old);
      verifyConsistency(old, roots[old], size, roots[size], path);
      requireRefusal(
        () => verifyConsistency(old, roots[old - 1], size, roots[size], path),
        "BadConsistencyProof",
      );
    }
  }
}

function readPassphrases(file) {
  for (const vector of file.vectors) {
    const tag = argon2id(decodeHex(vector.password), decodeHex(vector.salt), {
      t: vector.passes, m: vector.memory_kib, p: vector.lanes, dkLen: vector.tag_length,
      version: vector.version, key: decodeHex(vector.secret),
      personalization: decodeHex(vector.associated_data),
    });
    requireSame(encodeHex(tag), vector.tag, vector.name);
  }
  return file.vectors.length;
}

function readExpansions(file) {
  for (const { message, length, output } of file.vectors) {
    const expanded = expand_message_xmd(utf8(message), utf8(file.dst), length, sha512);
    requireSame(encodeHex(expanded), output, message);
  }
  return file.vectors.length;
}
