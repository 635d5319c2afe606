// What the cryptography refuses, one class for each reason; the names are those of
// crypto/errors.py. A refusal carries sizes and names of fields, never a secret.

/** Something was refused; `name` is the reason. */
export class CryptoError extends Error {
  constructor(detail = "") {
    super(detail || new.target.name);
    this.name = new.target.name;
  }
}

/** A byte string is not of the one length that its place allows. */
export class WrongLength extends CryptoError {
  /**
   * @param {string} what
   * @param {number} expected bytes
   * @param {number} actual bytes
   */
  constructor(what, expected, actual) {
    super(`${what}: ${actual} where ${expected} were expected`);
    this.what = what;
    this.expected = expected;
    this.actual = actual;
  }
}

/** A number is negative, or not less than the order of the group. */
export class NonCanonicalScalar extends CryptoError {}

/** Zero stands where a number with an inverse is needed. */
export class ZeroScalar extends CryptoError {}

/** Bytes are not the one canonical encoding of a point of ristretto255. */
export class NonCanonicalPoint extends CryptoError {}

/** The identity stands where it would prove or hide nothing. */
export class IdentityPoint extends CryptoError {}

/** Text was not written the one way in which this project writes it. */
export class NonCanonicalEncoding extends CryptoError {}

/** A zero-knowledge proof does not hold for its statement. */
export class ProofRefused extends CryptoError {}

/** A voting right was not issued with this key, or not to this credential. */
export class TokenRefused extends CryptoError {}

/** A batch proof was asked for over nothing. */
export class EmptyBatch extends CryptoError {}

/** A batch holds more elements than its index has room for. */
export class BatchTooLarge extends CryptoError {}

/** A signature does not hold for this key and message. */
export class BadSignature extends CryptoError {}

/** A public key is of small order: anybody could open what is sealed to it. */
export class WeakPublicKey extends CryptoError {}

/** A sealed box was made for another key, or was changed. */
export class UnsealRefused extends CryptoError {}

/** A secret box was made with another key, or was changed. */
export class UnlockRefused extends CryptoError {}

/** A password or passphrase is not the one that was set. */
export class WrongPassphrase extends CryptoError {}

/** A leaf is not shown to be in the tree with this root. */
export class BadInclusionProof extends CryptoError {}

/** An older tree is not shown to be the beginning of a newer one. */
export class BadConsistencyProof extends CryptoError {}

/** A leaf or a size was asked for that the tree does not have. */
export class OutsideTree extends CryptoError {}

/** A signed note or a checkpoint is not of the C2SP form. */
export class MalformedNote extends CryptoError {}

/** A note carries no signature by any of the keys that were asked for. */
export class UnknownSigner extends CryptoError {}

/** Fewer key holders answered than the threshold asks for. */
export class TooFewPartials extends CryptoError {}

/** The point is no number of votes from zero to the number of ballots. */
export class NoSuchTotal extends CryptoError {}

/** A contest or a style is outside the limits of §4.1, §6.2. */
export class ImpossibleShape extends CryptoError {}

/** What was chosen is not a valid vote; the subclasses say why. */
export class InvalidSelection extends CryptoError {}

/** There is not one selection for each contest of the style. */
export class WrongContests extends InvalidSelection {}

/** A choice is not among those of its contest. */
export class UnknownChoice extends InvalidSelection {}

/** The contest takes no blank vote. */
export class BlankNotOffered extends InvalidSelection {}

/** A blank vote excludes every choice. */
export class BlankTogetherWithChoice extends InvalidSelection {}

/** Fewer choices than the contest asks for. */
export class UnderVote extends InvalidSelection {}

/** More choices than the contest allows. */
export class OverVote extends InvalidSelection {}

/** The ballot is of another version of the protocol. */
export class WrongVersion extends CryptoError {}

/** The ballot says another voter group than it is cast for. */
export class WrongGroup extends CryptoError {}

/** The ballot says another ballot style than its group's. */
export class WrongStyle extends CryptoError {}

/** A later ballot of the same credential, where the first is final. */
export class WrongSequence extends CryptoError {}

/** A first ballot names a predecessor, or a later one names none. */
export class WrongPredecessor extends CryptoError {}

/** What a holder revealed is not what the holder committed to. */
export class CommitmentMismatch extends CryptoError {}

/** A share does not lie on what its dealer revealed; the ceremony stops. */
export class BadShare extends CryptoError {
  /** @param {number} dealer index, from 1 */
  constructor(dealer) {
    super(`dealer ${dealer}`);
    this.dealer = dealer;
  }
}

/** Not 3 to 9 holders, or not more than half of them and fewer than all (§3.1). */
export class ImpossibleThreshold extends CryptoError {}

/** The manifest is another election's than the link is for. */
export class OtherFingerprint extends CryptoError {}

/** A unit has fewer ballots than the threshold, and is not decrypted. */
export class UnitTooSmall extends CryptoError {}

/** A tally is not the one that was recomputed, or a second one of the election. */
export class OtherTally extends CryptoError {}

/** The board does not hold what it must, or in another order. */
export class BoardRefused extends CryptoError {}

/** What was typed or followed is no voting code. */
export class MalformedCode extends CryptoError {}

/** The part of a link after `#` is not CODE.FP16. */
export class MalformedLink extends CryptoError {}

/** A document holds something that it may not hold; the subclasses say what. */
export class DocumentRefused extends CryptoError {}

/** An index is not that of its place in the list, or points at nothing. */
export class IndexOutOfPlace extends DocumentRefused {}

/** Two things have one name: labels of groups, choices, holders, witnesses. */
export class EqualNames extends DocumentRefused {}

/** Two parties, or two voter groups, have one key. */
export class EqualKeys extends DocumentRefused {}

/** A sorted list is not sorted, or holds one thing twice. */
export class OutOfOrder extends DocumentRefused {}

/** A number is too small or too large, a list or a text too short or too long. */
export class OutOfBounds extends DocumentRefused {}

/** A text is not of the form that its field has. */
export class MalformedValue extends DocumentRefused {}

/** A ballot style has no contest. */
export class EmptyStyle extends DocumentRefused {}

/** A decision rule is about another choice, or about more than the whole. */
export class ImpossibleRule extends DocumentRefused {}

/** A ballot of the board does not hold. */
export class BallotRefused extends CryptoError {
  /**
   * @param {number} leaf its place on the board, from 0
   * @param {string} reason the name of the refusal
   */
  constructor(leaf, reason) {
    super(`leaf ${leaf}: ${reason}`);
    this.leaf = leaf;
    this.reason = reason;
  }
}

/** The board is not the one of the checkpoint, or that is not signed as it must be. */
export class CheckpointRefused extends CryptoError {}

/** A statement or a key file is about another election. */
export class OtherElection extends CryptoError {}

/** There is no key holder with this index. */
export class NoSuchHolder extends CryptoError {}

/** A partial does not hold one decryption for each ciphertext of the tally. */
export class Incomplete extends CryptoError {}

/** The file names other costs of Argon2id than the protocol's. */
export class UnsupportedParameters extends CryptoError {}

/** A receipt is for another ballot. */
export class ReceiptRefused extends CryptoError {}
