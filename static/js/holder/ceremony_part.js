// One holder's part in a ceremony: the secrets, and what may be done with them (§3.1).
//
// The server is not believed: it may neither swap the holder's own keys nor, once the
// words have been compared, anybody's.

import { isEqual, randomBytes } from "../crypto/bytes.js";
import {
  drawHolderSecrets, makeCommit, makeHolder, makeReveal, makeShare, spokenWords, startRound,
  verifyCommits, verifyReveals,
} from "../crypto/ceremony.js";
import { hex } from "../crypto/documents.js";
import { encodeJson } from "../crypto/encoding.js";
import { BadShare } from "../crypto/errors.js";
import { createKeyFile } from "../crypto/keyfile.js";
import { makeComplaint, makeOpening, verifyComplaint } from "../crypto/openings.js";
import { SALT_BYTES, deriveKey } from "../crypto/passwords.js";
import { drawPolynomial } from "../crypto/sharing.js";
import { receiveShare, signTranscript, verifyCeremony } from "../crypto/transcript.js";
import { lockDraft, unlockDraft } from "./draft.js";
import {
  KeysChanged, NotOwnShare, OtherCeremony, OwnKeysReplaced, WordsNotCompared,
} from "./refusals.js";

const id = hex(16);

/** A holder's secrets from the first message to the key file. */
export class CeremonyPart {
  #secrets;
  #salt;
  #key;
  #passphrase;
  #made = {};

  constructor(secrets, salt, key, passphrase) {
    this.#secrets = secrets;
    this.#salt = salt;
    this.#key = key;
    this.#passphrase = passphrase;
  }

  /**
   * Draw keys. Takes seconds, because of the passphrase.
   * @param {{ceremony: string, index: number, name: string}} seat ceremony in hex
   * @param {string} passphrase of the key file to come
   * @param {function(number): void} onProgress told the part that is done, 0 to 1
   * @returns {Promise<CeremonyPart>}
   */
  static async begin({ ceremony, index, name }, passphrase, onProgress) {
    const salt = randomBytes(SALT_BYTES);
    const key = await deriveKey(passphrase, salt, onProgress);
    const drawn = { ...drawHolderSecrets(), polynomial: null, confirmed: null };
    return new CeremonyPart({ ceremony: id(ceremony), index, name, ...drawn }, salt, key, passphrase);
  }

  /**
   * Go on after a reload.
   * @param {string} draft
   * @param {string} passphrase
   * @param {function(number): void} onProgress
   * @returns {Promise<CeremonyPart>}
   * @throws {WrongPassphrase}
   */
  static async resume(draft, passphrase, onProgress) {
    const { secrets, salt, key } = await unlockDraft(draft, passphrase, onProgress);
    return new CeremonyPart(secrets, salt, key, passphrase);
  }

  /** @returns {string} the secrets, locked under the passphrase */
  get draft() {
    return lockDraft(this.#secrets, this.#salt, this.#key);
  }

  /** @returns {boolean} whether the words have been compared */
  get isConfirmed() {
    return this.#secrets.confirmed !== null;
  }

  /** @returns {object} step 1: the entry of `holders` */
  get keys() {
    const { ceremony, index, name } = this.#secrets;
    return makeHolder(ceremony, index, name, this.#secrets);
  }

  /**
   * Step 2, when all keys are there.
   * @param {object} document of §4.2, as far as it goes
   * @returns {{words: string[], names: string[], threshold: number}} to be read aloud
   * @throws {OwnKeysReplaced} @throws {OtherCeremony} and what startRound throws
   */
  words(document) {
    const round = this.#round(document);
    const names = round.holders.map(({ name }) => name);
    return { words: spokenWords(round), names, threshold: round.threshold };
  }

  /**
   * Step 3, when everybody has read the same words: from here on the keys are fixed.
   * @param {object} document
   * @param {string[]} words those that were shown
   * @returns {object} the entry of `commits`
   * @throws {KeysChanged}
   */
  confirm(document, words) {
    const round = this.#round(document);
    if (spokenWords(round).join(" ") !== words.join(" ")) {
      throw new KeysChanged();
    }
    if (!this.isConfirmed) {
      this.#secrets.confirmed = round.keys;
      this.#secrets.polynomial = drawPolynomial(round.threshold);
    }
    return this.commit(document);
  }

  /** @param {object} document @returns {object} step 3 again, after a lost answer */
  commit(document) {
    const { index, polynomial, signingSeed } = this.#secrets;
    return makeCommit(this.#pinned(document), index, polynomial, signingSeed);
  }

  /**
   * Step 4, when all have committed.
   * @param {object} document
   * @returns {object} the entry of `reveals`
   */
  reveal(document) {
    const round = this.#pinned(document);
    verifyCommits(round, document.commits);
    const { index, polynomial, signingSeed } = this.#secrets;
    return this.#once("reveal", () => makeReveal(round, index, polynomial, signingSeed));
  }

  /**
   * Step 5, when all have revealed.
   * @param {object} document
   * @returns {object[]} the entries of `shares`, one for each holder
   * @throws {CommitmentMismatch} @throws {ProofRefused}
   */
  deal(document) {
    const round = this.#pinned(document);
    verifyReveals(round, verifyCommits(round, document.commits), document.reveals);
    const { index, polynomial, signingSeed } = this.#secrets;
    return this.#once("shares", () => round.holders.map(({ index: recipient }) =>
      makeShare(round, index, recipient, polynomial, signingSeed)));
  }

  /**
   * Step 6, when all shares are dealt: verify everything, open the own shares, sign.
   * @param {object} document
   * @param {object[]} openings that dealers have made in public
   * @returns {{signature: ?object, complaint: ?object}} an entry of `signatures`, or the
   *   signed word that a dealer's share is bad
   */
  check(document, openings) {
    const { ceremony, index, signingSeed } = this.#secrets;
    try {
      const { verified } = this.#outcome(document, openings);
      return { signature: signTranscript(verified.transcript, index, signingSeed), complaint: null };
    } catch (error) {
      if (!(error instanceof BadShare)) {
        throw error;
      }
      const complaint = makeComplaint(ceremony, error.dealer, index, signingSeed);
      return { signature: null, complaint };
    }
  }

  /**
   * Open in public a share that its recipient has complained of: that one and no other.
   * @param {object} document
   * @param {{by: number, dealer: number, signature: string}} complaint
   * @returns {object} the opening
   * @throws {BadSignature} nobody complained @throws {NotOwnShare} of another dealer's,
   *   or of the share that one deals to oneself
   */
  openShare(document, complaint) {
    const round = this.#pinned(document);
    const { index, polynomial, signingSeed } = this.#secrets;
    if (complaint.dealer !== index || complaint.by === index) {
      throw new NotOwnShare();
    }
    verifyComplaint(round, complaint);
    return makeOpening(round, index, complaint.by, polynomial, signingSeed);
  }

  /** @param {object} document @throws {KeysChanged} it is not that of the words */
  requireOwn(document) {
    this.#pinned(document);
  }

  /**
   * Step 7. Takes seconds.
   * @param {object} document
   * @param {object[]} openings
   * @param {function(number): void} onProgress
   * @returns {Promise<Uint8Array>} the key file
   */
  async keyFile(document, openings, onProgress) {
    const { verified, share } = this.#outcome(document, openings);
    const { ceremony, index, name, signingSeed, sealingSecret } = this.#secrets;
    const label = { ceremony, index, name, title: verified.title };
    const secrets = {
      share, signingSeed, sealingSecret, transcript: verified.transcript, tallied: null,
    };
    const opened = await createKeyFile(label, secrets, this.#passphrase, onProgress);
    return opened.bytes;
  }

  #outcome(document, openings) {
    this.#pinned(document);
    const verified = verifyCeremony(document);
    const { index, sealingSecret } = this.#secrets;
    return { verified, share: receiveShare(verified, index, sealingSecret, openings) };
  }

  // Proofs and sealed boxes come out differently each time, and a second message of a
  // round is refused: so each is made once.
  #once(name, make) {
    this.#made[name] ??= make();
    return this.#made[name];
  }

  #round(document) {
    const ceremony = id(document.ceremony);
    if (!isEqual(ceremony, this.#secrets.ceremony)) {
      throw new OtherCeremony();
    }
    const round = startRound(ceremony, document.threshold, document.holders);
    const own = document.holders[this.#secrets.index - 1];
    if (own === undefined || !isEqual(encodeJson(own), encodeJson(this.keys))) {
      throw new OwnKeysReplaced();
    }
    return round;
  }

  #pinned(document) {
    const round = this.#round(document);
    if (!this.isConfirmed) {
      throw new WordsNotCompared();
    }
    if (!isEqual(round.keys, this.#secrets.confirmed)) {
      throw new KeysChanged();
    }
    return round;
  }
}
