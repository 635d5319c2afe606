// The key ceremony's messages: made, signed, verified, round by round (§3.1, §4.2).
//
// Messages are documents as §4.2 writes them. A round is `{ceremony, threshold, holders,
// keys}` of startRound: what every message from the third step on is bound to.

import { concat, isEqual, u16, utf8 } from "./bytes.js";
import {
  base64, hex, integer, listOf, personName, point, readFields, requireForm, requireInOrder,
} from "./documents.js";
import { encodeBase64, encodeHex } from "./encoding.js";
import { BadShare, CommitmentMismatch, ZeroScalar } from "./errors.js";
import {
  G, decodeScalar, encodePoint, encodeScalar, multiply, reduce, requireNotIdentity, sum,
} from "./group.js";
import { digest } from "./hashing.js";
import { KNOWLEDGE_BYTES, decodeKnowledge, proveKnowledge, verifyKnowledge } from "./knowledge.js";
import { drawSealingKey, seal, sealingKey, unseal } from "./sealing.js";
import {
  MOST_HOLDERS, commitmentsTo, encodeCommitments, publicShare, requireThreshold, shareOf,
} from "./sharing.js";
import { publicKey, randomSeed, sign, verifySignature } from "./signing.js";
import { wordsFor } from "./words.js";

const SHARE_BYTES = 64;
const SEALED_SHARE_BYTES = 112;
const SPOKEN_BYTES = 16;

const INDEX = integer(1, MOST_HOLDERS);

/** @returns {{signingSeed: Uint8Array, sealingSecret: Uint8Array}} fresh, 32 bytes each */
export function drawHolderSecrets() {
  return { signingSeed: randomSeed(), sealingSecret: drawSealingKey().secret };
}

/**
 * Step 1: the holder's keys.
 * @param {Uint8Array} ceremony id, 16 bytes
 * @param {number} index from 1
 * @param {string} name
 * @param {{signingSeed: Uint8Array, sealingSecret: Uint8Array}} secrets
 * @returns {object} an entry of `holders`
 */
export function makeHolder(ceremony, index, name, secrets) {
  const signing = publicKey(secrets.signingSeed);
  const sealing = sealingKey(secrets.sealingSecret);
  const parts = [ceremony, u16(index), utf8(personName(name)), signing, sealing];
  return {
    index,
    name,
    sealing_key: encodeHex(sealing),
    signature: encodeHex(sign(secrets.signingSeed, "ceremony/keys", ...parts)),
    signing_key: encodeHex(signing),
  };
}

/**
 * Step 2: verify all n entries of `holders`, and begin the rounds that are bound to them.
 * @param {Uint8Array} ceremony id, 16 bytes
 * @param {number} threshold k
 * @param {object[]} entries
 * @returns {object} `{ceremony, threshold, holders, keys}`, keys being 32 bytes
 * @throws {ImpossibleThreshold} @throws {NonCanonicalEncoding} @throws {WrongLength}
 * @throws {BadSignature}
 */
export function startRound(ceremony, threshold, entries) {
  const holders = entries.map(readHolder);
  requireThreshold(holders.length, threshold);
  requireInOrder(holders, 1, holders.length);
  for (const { index, name, signing, sealing, signature } of holders) {
    const parts = [ceremony, u16(index), utf8(name), signing, sealing];
    verifySignature(signing, signature, "ceremony/keys", ...parts);
  }
  const bound = holders.flatMap(({ index, name, signing, sealing }) =>
    [u16(index), utf8(name), signing, sealing]);
  const sizes = [u16(holders.length), u16(threshold)];
  const keys = digest("ceremony/all-keys", ceremony, ...sizes, ...bound);
  return { ceremony, threshold, holders, keys };
}

function readHolder(entry) {
  const fields = readFields(entry, {
    index: INDEX, name: personName, sealing_key: hex(32), signature: hex(64), signing_key: hex(32),
  });
  const { index, name, sealing_key: sealing, signing_key: signing, signature } = fields;
  return { index, name, sealing, signing, signature };
}

/** @param {object} round @returns {string[]} 16 words, to be read aloud (§3.1.2) */
export function spokenWords(round) {
  return wordsFor(round.keys.subarray(0, SPOKEN_BYTES));
}

/**
 * Step 3: commit to a polynomial.
 * @param {object} round
 * @param {number} index
 * @param {bigint[]} polynomial of drawPolynomial
 * @param {Uint8Array} signingSeed 32 bytes
 * @returns {object} an entry of `commits`
 */
export function makeCommit(round, index, polynomial, signingSeed) {
  const commitment = commitmentOf(round, index, encodeCommitments(commitmentsTo(polynomial)));
  const parts = [u16(index), commitment];
  const signature = signBound(round, signingSeed, "ceremony/commitment", ...parts);
  return {
    commitment: encodeHex(commitment),
    index,
    signature: encodeHex(signature),
  };
}

function commitmentOf(round, index, points) {
  return digest("ceremony/commit", round.ceremony, round.keys, u16(index), points);
}

function signBound(round, seed, tag, ...parts) {
  return sign(seed, tag, round.ceremony, round.keys, ...parts);
}

function verifyBound(round, index, signature, tag, ...parts) {
  const { signing } = round.holders[index - 1];
  verifySignature(signing, signature, tag, round.ceremony, round.keys, ...parts);
}

/**
 * @param {object} round
 * @param {object[]} entries all n of `commits`
 * @returns {Uint8Array[]} the commitments by holder
 * @throws {NonCanonicalEncoding} @throws {BadSignature}
 */
export function verifyCommits(round, entries) {
  const commits = entries.map((entry) =>
    readFields(entry, { commitment: hex(32), index: INDEX, signature: hex(64) }));
  requireInOrder(commits, 1, round.holders.length);
  return commits.map(({ index, commitment, signature }) => {
    verifyBound(round, index, signature, "ceremony/commitment", u16(index), commitment);
    return commitment;
  });
}

/**
 * Step 4: reveal what was committed to, and prove possession of its secret (§5.5).
 * @param {object} round
 * @param {number} index
 * @param {bigint[]} polynomial
 * @param {Uint8Array} signingSeed 32 bytes
 * @returns {object} an entry of `reveals`
 */
export function makeReveal(round, index, polynomial, signingSeed) {
  const points = commitmentsTo(polynomial);
  const joined = encodeCommitments(points);
  const parts = possessionParts(round, index, joined);
  const possession = proveKnowledge("proof/possession", parts, polynomial[0]);
  const signed = [u16(index), joined, possession];
  const signature = signBound(round, signingSeed, "ceremony/reveal", ...signed);
  return {
    index,
    points: points.map((one) => encodeHex(encodePoint(one))),
    possession: encodeHex(possession),
    signature: encodeHex(signature),
  };
}

function possessionParts(round, index, points) {
  const { name } = round.holders[index - 1];
  return [round.ceremony, round.keys, u16(index), utf8(name), points];
}

/**
 * @param {object} round
 * @param {Uint8Array[]} commitments of verifyCommits
 * @param {object[]} entries all n of `reveals`
 * @returns {object[][]} the points F_i0 … F_i,k-1 by holder
 * @throws {NonCanonicalEncoding} @throws {BadSignature} @throws {CommitmentMismatch}
 * @throws {ProofRefused} @throws {NonCanonicalPoint} @throws {IdentityPoint}
 */
export function verifyReveals(round, commitments, entries) {
  const reveals = entries.map((entry) => readReveal(round, entry));
  requireInOrder(reveals, 1, round.holders.length);
  return reveals.map(({ index, points, possession, signature }) => {
    const joined = encodeCommitments(points);
    verifyBound(round, index, signature, "ceremony/reveal", u16(index), joined, possession);
    if (!isEqual(commitmentOf(round, index, joined), commitments[index - 1])) {
      throw new CommitmentMismatch(`holder ${index}`);
    }
    const parts = possessionParts(round, index, joined);
    verifyKnowledge("proof/possession", parts, points[0], possession);
    return points;
  });
}

function readReveal(round, entry) {
  const reveal = readFields(entry, {
    index: INDEX, points: listOf(point), possession: readPossession, signature: hex(64),
  });
  requireForm(reveal.points.length === round.threshold, "not as many points as the threshold");
  return reveal;
}

function readPossession(value) {
  const proof = hex(KNOWLEDGE_BYTES)(value);
  decodeKnowledge(proof);
  return proof;
}

/**
 * Step 5: seal f_dealer(recipient) to one holder.
 * @param {object} round
 * @param {number} dealer
 * @param {number} recipient
 * @param {bigint[]} polynomial the dealer's
 * @param {Uint8Array} signingSeed the dealer's, 32 bytes
 * @returns {object} an entry of `shares`
 */
export function makeShare(round, dealer, recipient, polynomial, signingSeed) {
  const points = encodeCommitments(commitmentsTo(polynomial));
  const binding = shareBinding(round, dealer, recipient, points);
  const share = encodeScalar(shareOf(polynomial, recipient));
  const sealed = seal(round.holders[recipient - 1].sealing, concat(binding, share));
  const parts = [u16(dealer), u16(recipient), points, sealed];
  return {
    dealer,
    recipient,
    sealed: encodeBase64(sealed),
    signature: encodeHex(signBound(round, signingSeed, "ceremony/share", ...parts)),
  };
}

function shareBinding(round, dealer, recipient, points) {
  const places = [u16(dealer), u16(recipient)];
  return digest("ceremony/share-binding", round.ceremony, round.keys, ...places, points);
}

/**
 * @param {object} round
 * @param {object[][]} revealed points of verifyReveals
 * @param {object[]} entries all n·n of `shares`, of dealer, then recipient
 * @returns {Uint8Array[][]} the sealed shares by dealer and recipient
 * @throws {NonCanonicalEncoding} @throws {BadSignature}
 */
export function verifyShares(round, revealed, entries) {
  const count = round.holders.length;
  requireForm(entries.length === count * count, "a share is missing");
  const sealed = entries.map((entry, at) => {
    const share = readFields(entry, {
      dealer: INDEX, recipient: INDEX, sealed: base64(SEALED_SHARE_BYTES), signature: hex(64),
    });
    const { dealer, recipient } = share;
    requireForm(dealer === Math.floor(at / count) + 1 && recipient === (at % count) + 1,
      "a share is out of place");
    const points = encodeCommitments(revealed[dealer - 1]);
    const parts = [u16(dealer), u16(recipient), points, share.sealed];
    verifyBound(round, dealer, share.signature, "ceremony/share", ...parts);
    return share.sealed;
  });
  return round.holders.map((_, at) => sealed.slice(at * count, (at + 1) * count));
}

/**
 * Step 6: open and check every share that was dealt to one holder, and add them up.
 * @param {object} round
 * @param {object[][]} revealed points of verifyReveals
 * @param {Uint8Array[][]} sealed of verifyShares
 * @param {number} recipient
 * @param {Uint8Array} sealingSecret the recipient's, 32 bytes
 * @param {Map<number, bigint>} [opened] of openedFor: what stands in for a bad share
 * @returns {bigint} x_j = Σ f_i(j)
 * @throws {BadShare} which names the dealer @throws {ZeroScalar}
 */
export function combineShares(
  round, revealed, sealed, recipient, sealingSecret, opened = new Map(),
) {
  const shares = revealed.map((points, at) => {
    try {
      return openShare(round, at + 1, recipient, points, sealed[at][recipient - 1], sealingSecret);
    } catch {
      if (opened.has(at + 1)) {
        return opened.get(at + 1);
      }
      throw new BadShare(at + 1);
    }
  });
  const total = reduce(shares.reduce((whole, share) => whole + share, 0n));
  if (total === 0n) {
    throw new ZeroScalar();
  }
  return total;
}

function openShare(round, dealer, recipient, points, sealed, sealingSecret) {
  const plain = unseal(sealingSecret, sealed);
  const binding = shareBinding(round, dealer, recipient, encodeCommitments(points));
  const share = decodeScalar(plain.subarray(SHARE_BYTES / 2));
  const isBound = isEqual(plain.subarray(0, SHARE_BYTES / 2), binding);
  if (!isBound || !multiply(share, G).equals(publicShare(points, recipient))) {
    throw new BadShare(dealer);
  }
  return share;
}

/**
 * @param {object[][]} revealed points of verifyReveals
 * @returns {object} Y
 * @throws {IdentityPoint}
 */
export function electionKey(revealed) {
  return requireNotIdentity(sum(revealed.map((points) => points[0])));
}

/**
 * @param {object[][]} revealed points of verifyReveals
 * @param {number} index j
 * @returns {object} X_j
 * @throws {IdentityPoint}
 */
export function shareKey(revealed, index) {
  return requireNotIdentity(sum(revealed.map((points) => publicShare(points, index))));
}
