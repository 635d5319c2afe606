// What a key holder's tool refuses beside what the cryptography refuses (§3.1, §3.5).

import { CryptoError } from "../crypto/errors.js";

/** The server shows other keys in the holder's name than the holder's own. */
export class OwnKeysReplaced extends CryptoError {}

/** The keys are others than those whose words were read aloud. */
export class KeysChanged extends CryptoError {}

/** The words have not been compared yet. */
export class WordsNotCompared extends CryptoError {}

/** A share is to be opened that the holder did not deal to another. */
export class NotOwnShare extends CryptoError {}

/** The server says of an opened share what cannot be reckoned from it. */
export class VerdictDiffers extends CryptoError {}

/** The server calls a practice election real, or a real one practice. */
export class PracticeDiffers extends CryptoError {}

/** What the tool is to do needs keys, or an opened file, that it does not have. */
export class NothingOpened extends CryptoError {}

/** The key file is of another ceremony, or another holder's. */
export class OtherKeyFile extends CryptoError {}

/** The manifest does not name the ceremony, or not what came out of it. */
export class OtherCeremony extends CryptoError {}

/** The server's tally is not the one that was recomputed. */
export class TallyDiffers extends CryptoError {}

/** So many ballots need two signed reports. */
export class ReportsMissing extends CryptoError {}

/** A report is of another board, or not signed by a holder. */
export class ReportRefused extends CryptoError {}

/** The protocol is of another election. */
export class OtherProtocol extends CryptoError {}

/** There is nothing of this kind that a holder signs. */
export class NothingToSign extends CryptoError {}
