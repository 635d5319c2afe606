// The desk: what a respondent's device computes, and nothing it shows (docs/protocol.md §8).
//
// Everything goes in and out as plain values, so that a worker can stand between. The code,
// the salt and the credential stay in here.

import {
  answersDigest, namedRightRequest, openNamedRight, signAnswers,
} from "../crypto/answer_signature.js";
import { isEqual, utf8 } from "../crypto/bytes.js";
import {
  deriveCredential, loginSeed, parseLinkFragment, requireFingerprint, shortFingerprint, typedCode,
} from "../crypto/codes.js";
import { hex, point, readFields } from "../crypto/documents.js";
import {
  decodeBase64, decodeHex, decodeJson, encodeBase64, encodeHex, encodeJson, groupBase32,
} from "../crypto/encoding.js";
import {
  BadInclusionProof, CheckpointRefused, DocumentRefused, OtherElection, ReceiptRefused,
} from "../crypto/errors.js";
import { encodePoint } from "../crypto/group.js";
import { digest, fileDigest } from "../crypto/hashing.js";
import { leafHash, verifyConsistency, verifyInclusion } from "../crypto/merkle.js";
import { parseCheckpoint, parseNote, verifyNote } from "../crypto/notes.js";
import {
  identifyRequest, openRight, rightRequest, statusRequest,
} from "../crypto/requests.js";
import { lock, unlock } from "../crypto/sealing.js";
import { verifySignature } from "../crypto/signing.js";
import { TOKEN_PROOF_BYTES } from "../crypto/voprf.js";
import { readManifest } from "./manifest.js";

const HASH_BYTES = 32;
const SIGNATURE_BYTES = 64;
const LARGEST_DEFINITION = 1024 * 1024;
const LANGUAGES = ["nb", "nn", "en"];
const SIGNER = "service.urne";

/** One respondent's desk for one survey. */
export class Desk {
  #survey;
  #code;
  #salt;
  #credential;
  // Digest of other words than those that the manifest has the digest of.
  #wording = null;

  /**
   * Read the manifest, and refuse it if the link is for another one; read the questions,
   * and refuse them if they are not the manifest's.
   * @param {{manifest: Uint8Array, definition: Uint8Array, wording: Uint8Array, link: string}}
   *   opening link: `CODE.FP16`, or a typed code
   * @returns {object} what the page shows of the survey
   * @throws {OtherFingerprint} @throws {MalformedLink} @throws {MalformedCode}
   * @throws {DocumentRefused} and what readManifest throws
   */
  open({ manifest, definition, wording, link }) {
    const { code, short } = link.includes(".")
      ? parseLinkFragment(link) : { code: typedCode(link), short: null };
    const survey = readManifest(manifest);
    if (short !== null) {
      requireFingerprint(short, survey.fingerprint);
    }
    if (!isEqual(fileDigest(definition), survey.definition)) {
      throw new DocumentRefused("not the manifest's questions");
    }
    const launched = decodeJson(definition, LARGEST_DEFINITION);
    const words = decodeJson(wording, LARGEST_DEFINITION);
    requireSameQuestions(launched, words);
    this.#survey = survey;
    this.#wording = isEqual(definition, wording) ? null : fileDigest(wording);
    this.#code = code;
    const { fingerprint, mode, registerUrl, serviceKey } = survey;
    return {
      definition: words,
      draftName: encodeHex(digest("survey-draft-name", fingerprint, utf8(code))),
      fingerprint: encodeHex(fingerprint),
      isReworded: this.#wording !== null,
      log: encodeHex(serviceKey),
      mode,
      registerUrl,
      short: groupBase32(shortFingerprint(fingerprint), 4),
      typed: short === null,
    };
  }

  /** @returns {object} the request to identify (§3.3, step 3) */
  identifyRequest() {
    return identifyRequest(this.#survey.fingerprint, this.#code);
  }

  /**
   * Derive the credential: the register has told the salt.
   * @param {{salt: string}} told hex
   * @throws {WrongLength} @throws {ZeroScalar}
   */
  meet({ salt }) {
    this.#salt = decodeHex(salt, HASH_BYTES);
    this.#credential = deriveCredential(this.#survey.fingerprint, this.#code, this.#salt);
  }

  /** @returns {object} the request that asks whether this credential has answered */
  statusRequest() {
    return statusRequest(this.#survey.fingerprint, this.#credential);
  }

  /** @returns {object} the request for the right: blinded, or with the credential told */
  rightRequest() {
    const { fingerprint, mode } = this.#survey;
    const ask = mode === "named" ? namedRightRequest : rightRequest;
    return ask(fingerprint, this.#code, this.#salt);
  }

  /**
   * Check the right against the announced key, and sign the answers with it.
   * @param {{answers: object, group: number, evaluated: string, proof: string}} given group:
   *   index of the voter group, which counts in a pseudonymous survey alone
   * @returns {object} the request to answer (§8.3)
   * @throws {ProofRefused} and what decoding throws
   */
  finish({ answers, group, evaluated, proof }) {
    const { fingerprint, mode } = this.#survey;
    const issuer = mode === "pseudonymous" ? group : 0;
    const token = this.#openRight(issuer, { evaluated, proof });
    const { public: credential, secret } = this.#credential;
    const signed = answersDigest(fingerprint, encodeJson(answers));
    return {
      answers,
      credential: encodeHex(encodePoint(credential)),
      fingerprint: encodeHex(fingerprint),
      group: issuer,
      signature: encodeHex(signAnswers(fingerprint, secret, token, signed)),
      token: encodeHex(encodePoint(token)),
    };
  }

  #openRight(issuer, answer) {
    const { fingerprint, groups, mode } = this.#survey;
    if (mode !== "named") {
      return openRight(this.#survey, issuer, this.#code, this.#salt, answer);
    }
    const told = readFields(answer, { evaluated: point, proof: hex(TOKEN_PROOF_BYTES) });
    const credential = encodePoint(this.#credential.public);
    return openNamedRight(groups[issuer].issuerKey, fingerprint, credential, told);
  }

  /**
   * Check that the service signed that a response of this credential was taken.
   * @param {{receipt: object}} given
   * @throws {OtherElection} @throws {ReceiptRefused} @throws {BadSignature} and what decoding
   *   throws
   */
  checkReceipt({ receipt }) {
    const fields = readFields(receipt, {
      credential: hex(HASH_BYTES), fingerprint: hex(HASH_BYTES), signature: hex(SIGNATURE_BYTES),
    });
    const { fingerprint, serviceKey } = this.#survey;
    const credential = encodePoint(this.#credential.public);
    if (!isEqual(fields.fingerprint, fingerprint)) {
      throw new OtherElection();
    }
    if (!isEqual(fields.credential, credential)) {
      throw new ReceiptRefused();
    }
    const parts = ["survey-receipt", fingerprint, credential];
    verifySignature(serviceKey, fields.signature, ...parts);
  }

  /**
   * Lock what was filled in so far, for this browser's own storage.
   * @param {{filled: object}} draft
   * @returns {string} base64; without the code it opens nowhere
   */
  lockDraft({ filled }) {
    return encodeBase64(lock(this.#draftKey(), utf8(JSON.stringify(filled))));
  }

  /**
   * @param {{locked: string}} draft
   * @returns {object} what was filled in
   * @throws {UnlockRefused} and what decoding throws
   */
  unlockDraft({ locked }) {
    const bytes = unlock(this.#draftKey(), decodeBase64(locked));
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  }

  #draftKey() {
    return digest("survey-draft-key", this.#survey.fingerprint, utf8(this.#code));
  }

  /**
   * @param {{note: string}} given a checkpoint of the log of surveys
   * @returns {{size: number, root: string}}
   * @throws {MalformedNote} @throws {UnknownSigner} @throws {BadSignature}
   * @throws {CheckpointRefused}
   */
  checkCheckpoint({ note }) {
    const { size, root } = this.#head(note);
    return { size, root: encodeHex(root) };
  }

  #head(note) {
    const { serviceKey } = this.#survey;
    const parsed = parseNote(note);
    verifyNote(parsed, [{ name: SIGNER, key: serviceKey }]);
    const { origin, size, root } = parseCheckpoint(parsed.text);
    if (origin !== `urne/v1/surveys/${encodeHex(serviceKey)}`) {
      throw new CheckpointRefused();
    }
    return { size, root };
  }

  /**
   * Check that the log seen before is the beginning of the one shown now.
   * @param {{older: object, newer: object, hashes: string[]}} given heads of checkCheckpoint
   * @throws {BadConsistencyProof} @throws {OutsideTree}
   */
  checkConsistency({ older, newer, hashes }) {
    const proof = hashes.map((hash) => decodeHex(hash, HASH_BYTES));
    const [oldRoot, newRoot] = [older, newer].map(({ root }) => decodeHex(root, HASH_BYTES));
    verifyConsistency(older.size, oldRoot, newer.size, newRoot, proof);
  }

  /**
   * Check that this very manifest is on the log that everybody sees, and the words as well
   * where they are others.
   * @param {{found: object}} given the service's proofs with leaves and checkpoint
   * @throws {BadInclusionProof} and what checkCheckpoint and decoding throw
   */
  checkLogged({ found }) {
    const { checkpoint, wording } = found;
    const head = this.#head(checkpoint);
    requireIncluded(head, found, { manifest: this.#survey.document, type: "survey" });
    if (this.#wording !== null) {
      requireIncluded(head, wording, {
        digest: encodeHex(this.#wording),
        fingerprint: encodeHex(this.#survey.fingerprint),
        number: wording?.leaf.number ?? 0,
        type: "wording",
      });
    }
  }
}

function requireIncluded({ root, size }, shown, leaf) {
  const expected = encodeJson(leaf);
  if (shown === null || !isEqual(encodeJson(shown.leaf), expected)) {
    throw new BadInclusionProof();
  }
  const proof = shown.hashes.map((hash) => decodeHex(hash, HASH_BYTES));
  verifyInclusion(leafHash(expected), shown.position, size, proof, root);
}

// Words may be put right after launch; what is asked may not (surveys/skeleton.py).
function requireSameQuestions(launched, words) {
  const [one, other] = [launched, words].map((each) => encodeJson(withoutTexts(each)));
  if (!isEqual(one, other)) {
    throw new DocumentRefused("the words are of other questions");
  }
}

function withoutTexts({ languages, ...definition }) {
  return { ...bare(definition), isRead: languages.length > 0 };
}

function bare(value) {
  if (Array.isArray(value)) {
    return value.map(bare);
  }
  if (value === null || typeof value !== "object") {
    return value;
  }
  const names = Object.keys(value);
  if (names.length > 0 && names.every((name) => LANGUAGES.includes(name))) {
    return "x";
  }
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, bare(each)]));
}
