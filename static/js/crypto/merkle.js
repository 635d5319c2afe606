// The tree of RFC 6962 §2.1 over SHA-256: roots, inclusion, consistency (§3.4).

import { sha256 } from "../../vendor/noble-hashes/sha2.js";
import { concat, isEqual } from "./bytes.js";
import { BadConsistencyProof, BadInclusionProof, OutsideTree } from "./errors.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** @param {Uint8Array} leaf @returns {Uint8Array} 32 bytes */
export function leafHash(leaf) {
  return sha256(concat(LEAF, leaf));
}

/**
 * @param {Uint8Array} left 32 bytes
 * @param {Uint8Array} right 32 bytes
 * @returns {Uint8Array} 32 bytes
 */
export function nodeHash(left, right) {
  return sha256(concat(NODE, left, right));
}

/**
 * @param {Uint8Array[]} hashes of the leaves, 32 bytes each
 * @returns {Uint8Array} 32 bytes
 */
export function rootOf(hashes) {
  if (hashes.length === 0) {
    return sha256(new Uint8Array(0));
  }
  // Joining neighbours and carrying the odd one is the split at the power of two.
  let level = hashes;
  while (level.length > 1) {
    const next = [];
    for (let at = 0; at + 1 < level.length; at += 2) {
      next.push(nodeHash(level[at], level[at + 1]));
    }
    if (level.length % 2 === 1) {
      next.push(level[level.length - 1]);
    }
    level = next;
  }
  return level[0];
}

/**
 * @param {Uint8Array[]} hashes of the leaves
 * @param {number} index of the leaf
 * @returns {Uint8Array[]} the audit path, from the leaf up
 * @throws {OutsideTree}
 */
export function inclusionProof(hashes, index) {
  requireInside(index, hashes.length);
  if (hashes.length === 1) {
    return [];
  }
  const half = leftSize(hashes.length);
  return index < half
    ? [...inclusionProof(hashes.slice(0, half), index), rootOf(hashes.slice(half))]
    : [...inclusionProof(hashes.slice(half), index - half), rootOf(hashes.slice(0, half))];
}

/**
 * @param {Uint8Array[]} hashes of the leaves of the newer tree
 * @param {number} oldSize of the older
 * @returns {Uint8Array[]}
 * @throws {OutsideTree}
 */
export function consistencyProof(hashes, oldSize) {
  if (oldSize < 1 || oldSize > hashes.length) {
    throw new OutsideTree();
  }
  return oldSize === hashes.length ? [] : subproof(hashes, oldSize, true);
}

function subproof(hashes, oldSize, isWhole) {
  if (oldSize === hashes.length) {
    return isWhole ? [] : [rootOf(hashes)];
  }
  const half = leftSize(hashes.length);
  return oldSize <= half
    ? [...subproof(hashes.slice(0, half), oldSize, isWhole), rootOf(hashes.slice(half))]
    : [...subproof(hashes.slice(half), oldSize - half, false), rootOf(hashes.slice(0, half))];
}

function leftSize(size) {
  let half = 1;
  while (half * 2 < size) {
    half *= 2;
  }
  return half;
}

function requireInside(index, size) {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new OutsideTree();
  }
}

/**
 * Refuse a path that does not lead from the leaf to the root (RFC 9162 §2.1.3.2).
 * @param {Uint8Array} hash of the leaf, 32 bytes
 * @param {number} index
 * @param {number} size of the tree
 * @param {Uint8Array[]} proof
 * @param {Uint8Array} root 32 bytes
 * @throws {OutsideTree} @throws {BadInclusionProof}
 */
export function verifyInclusion(hash, index, size, proof, root) {
  requireInside(index, size);
  let [place, last, reached] = [index, size - 1, hash];
  for (const sibling of proof) {
    if (last === 0) {
      throw new BadInclusionProof();
    }
    if (place % 2 === 1 || place === last) {
      reached = nodeHash(sibling, reached);
      while (place % 2 === 0 && place !== 0) {
        [place, last] = [halved(place), halved(last)];
      }
    } else {
      reached = nodeHash(reached, sibling);
    }
    [place, last] = [halved(place), halved(last)];
  }
  if (last !== 0 || !isEqual(reached, root)) {
    throw new BadInclusionProof();
  }
}

/**
 * Refuse a tree that does not begin with the older one (RFC 9162 §2.1.4.2).
 * @param {number} oldSize at least 1
 * @param {Uint8Array} oldRoot 32 bytes
 * @param {number} newSize
 * @param {Uint8Array} newRoot 32 bytes
 * @param {Uint8Array[]} proof
 * @throws {OutsideTree} @throws {BadConsistencyProof}
 */
export function verifyConsistency(oldSize, oldRoot, newSize, newRoot, proof) {
  if (oldSize < 1 || oldSize > newSize) {
    throw new OutsideTree();
  }
  if (oldSize === newSize) {
    requireConsistent(proof.length === 0 && isEqual(oldRoot, newRoot));
    return;
  }
  let [place, last] = [oldSize - 1, newSize - 1];
  while (place % 2 === 1) {
    [place, last] = [halved(place), halved(last)];
  }
  // The older tree is a whole left subtree: its root is where the path begins.
  const path = place === 0 ? [oldRoot, ...proof] : [...proof];
  requireConsistent(path.length > 0);
  let [older, newer] = [path[0], path[0]];
  for (const sibling of path.slice(1)) {
    requireConsistent(last !== 0);
    if (place % 2 === 1 || place === last) {
      older = nodeHash(sibling, older);
      newer = nodeHash(sibling, newer);
      while (place % 2 === 0 && place !== 0) {
        [place, last] = [halved(place), halved(last)];
      }
    } else {
      newer = nodeHash(newer, sibling);
    }
    [place, last] = [halved(place), halved(last)];
  }
  requireConsistent(last === 0 && isEqual(older, oldRoot) && isEqual(newer, newRoot));
}

function halved(number) {
  return Math.floor(number / 2);
}

function requireConsistent(holds) {
  if (!holds) {
    throw new BadConsistencyProof();
  }
}
