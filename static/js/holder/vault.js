// The vault: the only place with secrets, and all that it can be asked to do.
//
// It runs in a worker. Its answers carry messages for the server, locked files for the
// holder, and words to show; never a key, a share or a passphrase.

import { randomBytes } from "../crypto/bytes.js";
import { encodeHex } from "../crypto/encoding.js";
import { G, decodePoint, encodePoint, multiply, randomScalar } from "../crypto/group.js";
import { openKeyFile, readKeyFile } from "../crypto/keyfile.js";
import { makeRehearsal, verifyCeremonyRecord } from "../crypto/transcript.js";
import { wordsFor } from "../crypto/words.js";
import { CeremonyPart } from "./ceremony_part.js";
import { countTally, reportBoard } from "./counting.js";
import { judgeDispute } from "./judging.js";
import { requireOwnCeremony, requireOwnElection } from "./key_check.js";
import { NothingOpened } from "./refusals.js";
import { protocolDigest, signTask } from "./statements.js";

const SUGGESTED_WORDS = 7;
const MEASURED_POINTS = 60;

/**
 * @param {function(string, number): void} tell told which stage is how far, 0 to 1
 * @returns {Object<string, function(object): *>} the acts, by name; each takes the details
 *   that its comment names, and returns its answer or a promise of it
 */
export function openVault(tell) {
  let part = null;
  let open = null;
  const passphraseProgress = (done) => tell("passphrase", done);
  const ballotProgress = (done, all) => tell("ballots", done / all);
  const sumProgress = (done, all) => tell("sums", done / all);

  return {
    // Seven words, drawn evenly: 56 bits.
    suggest: () => wordsFor(randomBytes(SUGGESTED_WORDS)).join(" "),

    speed: measureSpeed,

    // {seat: {ceremony, index, name}, passphrase}
    begin: async ({ seat, passphrase }) => {
      part = await CeremonyPart.begin(seat, passphrase, passphraseProgress);
      return { entry: part.keys, draft: part.draft };
    },

    // {draft, passphrase}
    resume: async ({ draft, passphrase }) => {
      part = await CeremonyPart.resume(draft, passphrase, passphraseProgress);
      return { entry: part.keys, isConfirmed: part.isConfirmed };
    },

    words: ({ document }) => ownPart().words(document),

    confirm: ({ document, words }) => {
      const entry = ownPart().confirm(document, words);
      return { entry, draft: ownPart().draft };
    },

    commit: ({ document }) => ({ entry: ownPart().commit(document) }),
    reveal: ({ document }) => ({ entry: ownPart().reveal(document) }),
    deal: ({ document }) => ({ entries: ownPart().deal(document) }),

    // {document, openings}
    check: ({ document, openings }) => ownPart().check(document, openings),

    // {document, complaint: {by, dealer, signature}}: one share becomes public
    openShare: ({ document, complaint }) => ({ entry: ownPart().openShare(document, complaint) }),

    // {document, dispute}: whether the complaint and its answer hold
    judge: ({ document, dispute }) => {
      part?.requireOwn(document);
      return { isRight: judgeDispute(document, dispute) };
    },

    // {document, openings}
    keyFile: async ({ document, openings }) => ({
      file: await ownPart().keyFile(document, openings, passphraseProgress),
    }),

    // {file, passphrase, ceremony: {document, signatures}, index}
    rehearse: async ({ file, passphrase, ceremony, index }) => {
      const read = await openKeyFile(file, passphrase, passphraseProgress);
      const verified = requireOwnCeremony(read, ceremony, index);
      return { entry: makeRehearsal(verified.transcript, index, read.secrets.share) };
    },

    // {ceremony: the record}: that everybody has signed and rehearsed
    verifyRecord: ({ ceremony }) => {
      const { transcript } = verifyCeremonyRecord(ceremony);
      return { transcript: encodeHex(transcript) };
    },

    // {file}: whose it is, without the passphrase
    inspect: ({ file }) => {
      const { ceremony, index, name, title } = readKeyFile(file);
      return { ceremony: encodeHex(ceremony), index, name, title };
    },

    // {file, passphrase, sealed: {manifest, ceremony}, index}
    unlock: async ({ file, passphrase, sealed, index }) => {
      const read = await openKeyFile(file, passphrase, passphraseProgress);
      open = { election: requireOwnElection(read, sealed, index), file: read };
      const { fingerprint } = open.election;
      return { fingerprint: encodeHex(fingerprint), hasCounted: read.secrets.tallied !== null };
    },

    // {checkpoint, evidence, leaves, tally, reports}
    count: (record) => {
      const { election, file } = opened();
      const progress = { onBallots: ballotProgress, onSums: sumProgress };
      const { partial, opened: kept, tally } = countTally(file, election, record, progress);
      return { partial, file: kept.bytes, units: tally.units.map(withoutSums) };
    },

    // {checkpoint, evidence, leaves}
    report: (record) => {
      const { election, file } = opened();
      return { report: reportBoard(file, election, record, ballotProgress) };
    },

    // {task} as it was shown
    sign: ({ task }) => {
      const { election, file } = opened();
      return { signature: signTask(file, election, task) };
    },

    // {protocol}: what the digest beside the shown protocol must be
    digest: ({ protocol }) => encodeHex(protocolDigest(protocol)),

    forget: () => {
      [part, open] = [null, null];
    },
  };

  function ownPart() {
    if (part === null) {
      throw new NothingOpened();
    }
    return part;
  }

  function opened() {
    if (open === null) {
      throw new NothingOpened();
    }
    return open;
  }
}

function withoutSums({ ballots, groups, style }) {
  return { ballots, groups, style };
}

// Decoding points is what checking ballots mostly is: its time here tells the rest.
function measureSpeed() {
  const encoded = Array.from({ length: MEASURED_POINTS }, () =>
    encodePoint(multiply(randomScalar(), G)).slice());
  const start = performance.now();
  encoded.forEach(decodePoint);
  return { millisecondsPerPoint: (performance.now() - start) / MEASURED_POINTS };
}
