// The booth: what a voter's device computes, and nothing it shows (docs/protocol.md §3.3).
//
// Everything goes in and out as plain values, bytes as hex or base64, so that a worker can
// stand between. The code, the salt and the choices stay in here.

import { sealBallot } from "../crypto/ballot.js";
import { signBallot, signStatus, trackingCode, trackingDigest } from "../crypto/ballot_signature.js";
import { verifyCheckpoint } from "../crypto/board.js";
import { isEqual, u32 } from "../crypto/bytes.js";
import {
  deriveBlind, deriveCredential, loginSeed, parseLinkFragment, requireFingerprint,
  shortFingerprint, typedCode,
} from "../crypto/codes.js";
import {
  decodeBase64, decodeHex, encodeBase64, encodeHex, encodeJson, groupBase32,
} from "../crypto/encoding.js";
import { BadInclusionProof, OtherElection } from "../crypto/errors.js";
import { decodePoint, encodePoint } from "../crypto/group.js";
import { readManifest } from "../crypto/manifest.js";
import { leafHash, verifyConsistency, verifyInclusion } from "../crypto/merkle.js";
import { publicKey, sign, verifySignature } from "../crypto/signing.js";
import { blind, credentialElement, unblind, verifyEvaluations } from "../crypto/voprf.js";

const HASH_BYTES = 32;
const SIGNATURE_BYTES = 64;
const PROOF_BYTES = 64;

/** One voter's booth for one election. */
export class Booth {
  #election;
  #code;
  #seed;
  #credential;
  #factor;

  /**
   * Read the manifest, and refuse it if the link is for another one.
   * @param {{manifest: Uint8Array, link: string}} opening `CODE.FP16`, or a typed code
   * @returns {object} what the page shows of the election
   * @throws {OtherFingerprint} @throws {MalformedLink} @throws {MalformedCode} and what
   *   readManifest throws
   */
  open({ manifest, link }) {
    const { code, short } = readLink(link);
    const election = readManifest(manifest);
    if (short !== null) {
      requireFingerprint(short, election.fingerprint);
    }
    this.#election = election;
    this.#code = code;
    this.#seed = loginSeed(election.fingerprint, code);
    return { ...described(election), typed: short === null };
  }

  /** @returns {object} the request to identify (§3.3, step 3) */
  identifyRequest() {
    const login = publicKey(this.#seed);
    return this.#signedByLogin("identify", { login }, login);
  }

  /**
   * Derive the credential: the register has told the salt.
   * @param {{salt: string}} told hex
   * @throws {WrongLength} @throws {ZeroScalar}
   */
  meet({ salt }) {
    const { fingerprint } = this.#election;
    const bytes = decodeHex(salt, HASH_BYTES);
    this.#credential = deriveCredential(fingerprint, this.#code, bytes);
    this.#factor = deriveBlind(fingerprint, this.#code, bytes);
  }

  /** @returns {object} the request for the own receipts (step 7) */
  statusRequest() {
    const { fingerprint } = this.#election;
    return {
      credential: encodeHex(encodePoint(this.#credential.public)),
      fingerprint: encodeHex(fingerprint),
      signature: encodeHex(signStatus(fingerprint, this.#credential.secret)),
    };
  }

  /**
   * Encrypt and prove (step 6). Nothing that could open the ballot is kept.
   * @param {{group: number, selections: object[], sequence: number, predecessor: string}}
   *   filled predecessor in hex, empty for a first ballot
   * @returns {{ballot: string, code: string, group: number, tracking: string}}
   * @throws {InvalidSelection}
   */
  seal({ group, selections, sequence, predecessor }) {
    const { electionKey, fingerprint, groups, rules, shapes } = this.#election;
    const { style } = groups[group];
    const credential = this.#credential.public;
    const context = {
      fingerprint, group, style, credential, electionKey, revoting: rules.revoting,
    };
    const place = predecessor === ""
      ? {} : { sequence, predecessor: decodeHex(predecessor, HASH_BYTES) };
    const { sealed } = sealBallot(context, shapes[style], selections, place);
    const tracking = trackingDigest(fingerprint, credential, sealed);
    return {
      ballot: encodeBase64(sealed),
      code: trackingCode(tracking),
      group,
      tracking: encodeHex(tracking),
    };
  }

  /** @returns {object} the request for the right, blinded (step 5) */
  rightRequest() {
    const blinded = encodePoint(this.#blinded());
    return this.#signedByLogin("right", { blinded, login: publicKey(this.#seed) }, blinded);
  }

  /**
   * Check the right against the announced key, unblind it, and sign the ballot with it.
   * @param {{ballot: string, group: number, evaluated: string, proof: string}} given
   * @returns {object} the request to cast (§4.4)
   * @throws {ProofRefused} and what decoding throws
   */
  finish({ ballot, group, evaluated, proof }) {
    const { fingerprint, groups } = this.#election;
    const answer = decodePoint(decodeHex(evaluated, HASH_BYTES));
    const shown = decodeHex(proof, PROOF_BYTES);
    verifyEvaluations(groups[group].issuerKey, [this.#blinded()], [answer], shown);
    const token = unblind(answer, this.#factor);
    const { public: credential, secret } = this.#credential;
    const tracking = trackingDigest(fingerprint, credential, decodeBase64(ballot));
    return {
      ballot,
      credential: encodeHex(encodePoint(credential)),
      fingerprint: encodeHex(fingerprint),
      signature: encodeHex(signBallot(fingerprint, secret, token, tracking)),
      token: encodeHex(encodePoint(token)),
    };
  }

  /**
   * Check that the service signed receipts of this election.
   * @param {{receipts: object[]}} given
   * @returns {Array<{batch: number, code: string, tracking: string}>}
   * @throws {BadSignature} @throws {OtherElection} and what decoding throws
   */
  checkReceipts({ receipts }) {
    return receipts.map((receipt) => this.#checkReceipt(receipt));
  }

  #checkReceipt({ batch, fingerprint, signature, tracking }) {
    const digest = decodeHex(tracking, HASH_BYTES);
    const own = this.#election.fingerprint;
    if (!isEqual(decodeHex(fingerprint, HASH_BYTES), own)) {
      throw new OtherElection();
    }
    const signed = decodeHex(signature, SIGNATURE_BYTES);
    verifySignature(this.#election.serviceKey, signed, "receipt", own, digest, u32(batch));
    return { batch, code: trackingCode(digest), tracking };
  }

  /**
   * @param {{note: string}} given a checkpoint
   * @returns {{size: number, root: string}}
   * @throws {MalformedNote} @throws {UnknownSigner} @throws {BadSignature}
   * @throws {CheckpointRefused}
   */
  checkCheckpoint({ note }) {
    const { size, root } = verifyCheckpoint(this.#election, note);
    return { size, root: encodeHex(root) };
  }

  /**
   * Check that the board seen before is the beginning of the one shown now.
   * @param {{older: object, newer: object, hashes: string[]}} given heads of
   *   checkCheckpoint, and the proof
   * @throws {BadConsistencyProof} @throws {OutsideTree}
   */
  checkConsistency({ older, newer, hashes }) {
    const proof = hashes.map((hash) => decodeHex(hash, HASH_BYTES));
    const [oldRoot, newRoot] = [older, newer].map(({ root }) => decodeHex(root, HASH_BYTES));
    verifyConsistency(older.size, oldRoot, newer.size, newRoot, proof);
  }

  /**
   * Check that the own ballot, of this tracking digest, is on the board.
   * @param {{tracking: string, batch: number, found: object}} given hex, the batch that was
   *   promised, and the service's proof with leaf and checkpoint
   * @throws {BadInclusionProof} and what verifyCheckpoint and decoding throw
   */
  checkInclusion({ tracking, batch, found }) {
    const { checkpoint, hashes, leaf, position } = found;
    const { root, size } = verifyCheckpoint(this.#election, checkpoint);
    const { fingerprint } = this.#election;
    const credential = decodePoint(decodeHex(leaf.credential, HASH_BYTES));
    const digest = trackingDigest(fingerprint, credential, decodeBase64(leaf.ballot));
    const isOwn = encodeHex(digest) === tracking && leaf.batch === batch
      && isEqual(encodePoint(credential), encodePoint(this.#credential.public));
    if (!isOwn) {
      throw new BadInclusionProof();
    }
    const proof = hashes.map((hash) => decodeHex(hash, HASH_BYTES));
    verifyInclusion(leafHash(encodeJson(leaf)), position, size, proof, root);
  }

  #blinded() {
    const credential = encodePoint(this.#credential.public);
    return blind(credentialElement(this.#election.fingerprint, credential), this.#factor);
  }

  #signedByLogin(tag, fields, signed) {
    const { fingerprint } = this.#election;
    const written = Object.entries({ ...fields, fingerprint }).map(([name, bytes]) =>
      [name, encodeHex(bytes)]);
    const signature = encodeHex(sign(this.#seed, tag, fingerprint, signed));
    return { ...Object.fromEntries(written), signature };
  }
}

function readLink(link) {
  return link.includes(".") ? parseLinkFragment(link) : { code: typedCode(link), short: null };
}

function described(election) {
  const { contests, fingerprint, groups, practice, registerUrl, rules, styles } = election;
  return {
    contests: contests.map(({ blank, choices, max, min, question, title }) =>
      ({ blank, choices, max, min, question, title })),
    fingerprint: encodeHex(fingerprint),
    groups: groups.map(({ label, style }) => ({ label, contests: styles[style].contests })),
    practice,
    registerUrl,
    revoting: rules.revoting,
    short: groupBase32(shortFingerprint(fingerprint), 4),
  };
}
