// A disputed share: the complaint, and the dealer's opening of it in public (§3.1, §4.2).

import { u16 } from "./bytes.js";
import { hex, integer, readFields, scalar } from "./documents.js";
import { encodeHex } from "./encoding.js";
import { G, encodeScalar, multiply } from "./group.js";
import { MOST_HOLDERS, commitmentsTo, encodeCommitments, publicShare, shareOf } from "./sharing.js";
import { sign, verifySignature } from "./signing.js";

const COMPLAINT = "ceremony/bad-share";
const OPENING = "ceremony/opening";
const INDEX = integer(1, MOST_HOLDERS);

/**
 * The recipient's word that the dealer's share is bad.
 * @param {Uint8Array} ceremony id, 16 bytes
 * @param {number} dealer
 * @param {number} recipient
 * @param {Uint8Array} signingSeed the recipient's, 32 bytes
 * @returns {{dealer: number, signature: string}}
 */
export function makeComplaint(ceremony, dealer, recipient, signingSeed) {
  const signature = sign(signingSeed, COMPLAINT, ceremony, u16(dealer), u16(recipient));
  return { dealer, signature: encodeHex(signature) };
}

/**
 * @param {object} round of startRound
 * @param {{by: number, dealer: number, signature: string}} complaint
 * @throws {NonCanonicalEncoding} @throws {BadSignature}
 */
export function verifyComplaint(round, complaint) {
  const [by, dealer] = [holderOf(round, complaint.by), holderOf(round, complaint.dealer)];
  const parts = [round.ceremony, u16(dealer.index), u16(by.index)];
  verifySignature(by.signing, hex(64)(complaint.signature), COMPLAINT, ...parts);
}

/**
 * The dealer's answer: the share itself, for everybody.
 * @param {object} round of startRound
 * @param {number} dealer
 * @param {number} recipient
 * @param {bigint[]} polynomial the dealer's
 * @param {Uint8Array} signingSeed the dealer's, 32 bytes
 * @returns {object} `{dealer, recipient, share, signature}`
 */
export function makeOpening(round, dealer, recipient, polynomial, signingSeed) {
  const share = encodeScalar(shareOf(polynomial, recipient));
  const points = encodeCommitments(commitmentsTo(polynomial));
  const parts = openingParts(round, dealer, recipient, points, share);
  return {
    dealer,
    recipient,
    share: encodeHex(share),
    signature: encodeHex(sign(signingSeed, OPENING, ...parts)),
  };
}

/**
 * Who signed it, and whether the share lies on what the dealer revealed.
 * @param {object} round of startRound
 * @param {object[][]} revealed points of verifyReveals
 * @param {object} opening
 * @returns {bigint|null} the share, or null when it is wrong
 * @throws {NonCanonicalEncoding} @throws {NonCanonicalScalar} @throws {BadSignature}
 */
export function judgeOpening(round, revealed, opening) {
  const { dealer, recipient, share, signature } = readFields(opening, {
    dealer: INDEX, recipient: INDEX, share: scalar, signature: hex(64),
  });
  const { signing } = holderOf(round, dealer);
  holderOf(round, recipient);
  const points = revealed[dealer - 1];
  const encoded = encodeScalar(share);
  const parts = openingParts(round, dealer, recipient, encodeCommitments(points), encoded);
  verifySignature(signing, signature, OPENING, ...parts);
  const isRight = multiply(share, G).equals(publicShare(points, recipient));
  return isRight ? share : null;
}

/**
 * @param {object} round of startRound
 * @param {object[][]} revealed points of verifyReveals
 * @param {number} recipient
 * @param {object[]} openings of anybody
 * @returns {Map<number, bigint>} the shares that were opened rightly for this recipient, by
 *   dealer
 */
export function openedFor(round, revealed, recipient, openings) {
  const own = openings.filter((opening) => opening.recipient === recipient);
  const judged = own.map((opening) => [opening.dealer, judgeOpening(round, revealed, opening)]);
  return new Map(judged.filter(([, share]) => share !== null));
}

function openingParts(round, dealer, recipient, points, share) {
  return [round.ceremony, round.keys, u16(dealer), u16(recipient), points, share];
}

function holderOf(round, index) {
  return round.holders[integer(1, round.holders.length)(index) - 1];
}
