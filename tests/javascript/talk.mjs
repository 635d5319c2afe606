// Does in JavaScript what a test in Python asks for; bytes are hex in both directions.

import { sealBallot } from "../../static/js/crypto/ballot.js";
import {
  makeCommit, makeHolder, makeReveal, makeShare, startRound,
} from "../../static/js/crypto/ceremony.js";
import { deriveCredential } from "../../static/js/crypto/codes.js";
import { decodeHex, decodeJson, encodeHex, encodeJson } from "../../static/js/crypto/encoding.js";
import { CryptoError } from "../../static/js/crypto/errors.js";
import {
  decodePoint, decodeScalar, encodePoint, encodeScalar,
} from "../../static/js/crypto/group.js";
import {
  createKeyFile, openKeyFile, rememberTally, requireOwnElection,
} from "../../static/js/crypto/keyfile.js";
import { readManifest } from "../../static/js/crypto/manifest.js";
import { cosignNote, encodeNote, parseNote } from "../../static/js/crypto/notes.js";
import { makePartial, openTally, verifyPartialDocument } from "../../static/js/crypto/partials.js";
import {
  castRequest, identifyRequest, openRight, rightRequest, statusRequest, verifyReceipt,
} from "../../static/js/crypto/requests.js";
import { seal, unseal } from "../../static/js/crypto/sealing.js";
import { sign, verifyBytes } from "../../static/js/crypto/signing.js";
import { recount } from "../../static/js/crypto/tally.js";
import {
  makeRehearsal, receiveShare, signTranscript, verifyCeremony, verifyCeremonyRecord,
} from "../../static/js/crypto/transcript.js";
import { oddSignatures } from "./odd_signatures.mjs";

const acts = {
  seal_to: ({ key, plain }) => encodeHex(seal(decodeHex(key), decodeHex(plain))),
  unseal: ({ secret, sealed }) => encodeHex(unseal(decodeHex(secret), decodeHex(sealed))),
  sign: ({ seed, tag, parts }) =>
    encodeHex(sign(decodeHex(seed), tag, ...parts.map((part) => decodeHex(part)))),
  verify: ({ key, signature, message }) => {
    verifyBytes(decodeHex(key), decodeHex(signature), decodeHex(message));
    return true;
  },
  odd_signatures: () => oddSignatures().map((one) => {
    const shown = Object.fromEntries(
      ["key", "signature", "message"].map((field) => [field, encodeHex(one[field])]));
    try {
      verifyBytes(one.key, one.signature, one.message);
      return { ...shown, name: one.name, holds: true };
    } catch (error) {
      return { ...shown, name: one.name, holds: error.name !== "BadSignature" };
    }
  }),
  cosign: ({ note, name, seed }) => encodeNote(cosignNote(parseNote(note), name, decodeHex(seed))),
  canonical: ({ encoded }) => encodeHex(encodeJson(decodeJson(decodeHex(encoded)))),

  identify: ({ fingerprint, code }) => identifyRequest(decodeHex(fingerprint), code),
  right: ({ fingerprint, code, salt }) =>
    rightRequest(decodeHex(fingerprint), code, decodeHex(salt)),
  open_right: ({ manifest, group, code, salt, answer }) => {
    const election = readManifest(decodeHex(manifest));
    return encodeHex(encodePoint(openRight(election, group, code, decodeHex(salt), answer)));
  },
  vote: ({ manifest, code, salt, group, token, selections }) => {
    const election = readManifest(decodeHex(manifest));
    const { fingerprint, electionKey, rules: { revoting } } = election;
    const credential = deriveCredential(fingerprint, code, decodeHex(salt));
    const { style } = election.groups[group];
    const context = {
      fingerprint, group, style, credential: credential.public, electionKey, revoting,
    };
    const { sealed } = sealBallot(context, election.shapes[style], selections);
    const right = decodePoint(decodeHex(token));
    return {
      cast: castRequest(fingerprint, credential, right, sealed),
      status: statusRequest(fingerprint, credential),
    };
  },
  receipt: ({ manifest, receipt, tracking }) =>
    verifyReceipt(readManifest(decodeHex(manifest)), receipt, decodeHex(tracking)).batch,

  holder: ({ ceremony, index, name, secrets }) =>
    makeHolder(decodeHex(ceremony), index, name, secretsOf(secrets)),
  commit: (request) => {
    const { round, index, polynomial, secrets } = dealerOf(request);
    return makeCommit(round, index, polynomial, secrets.signingSeed);
  },
  reveal: (request) => {
    const { round, index, polynomial, secrets } = dealerOf(request);
    return makeReveal(round, index, polynomial, secrets.signingSeed);
  },
  shares: (request) => {
    const { round, index, polynomial, secrets } = dealerOf(request);
    return round.holders.map(({ index: recipient }) =>
      makeShare(round, index, recipient, polynomial, secrets.signingSeed));
  },
  finish: ({ document, index, secrets }) => {
    const verified = verifyCeremony(document);
    const { sealingSecret, signingSeed } = secretsOf(secrets);
    const share = receiveShare(verified, index, sealingSecret);
    return {
      rehearsal: makeRehearsal(verified.transcript, index, share),
      share: encodeHex(encodeScalar(share)),
      signature: signTranscript(verified.transcript, index, signingSeed),
    };
  },
  verify_ceremony: ({ record }) => encodeHex(verifyCeremonyRecord(record).transcript),

  create_key_file: async ({ label, secrets, passphrase }) => {
    const held = { ...secretsOf(secrets), share: scalarOf(secrets.share), tallied: null,
      transcript: decodeHex(secrets.transcript) };
    const named = { ...label, ceremony: decodeHex(label.ceremony) };
    const file = await createKeyFile(named, held, passphrase);
    return encodeHex(file.bytes);
  },
  open_key_file: async ({ file, passphrase, tally }) => {
    const opened = await openKeyFile(decodeHex(file), passphrase);
    const { label: { ceremony, ...label }, secrets } = opened;
    return {
      label: { ...label, ceremony: encodeHex(ceremony) },
      share: encodeHex(encodeScalar(secrets.share)),
      signing_seed: encodeHex(secrets.signingSeed),
      sealing_key: encodeHex(secrets.sealingSecret),
      transcript: encodeHex(secrets.transcript),
      tallied: encodeHex(rememberTally(opened, decodeHex(tally)).bytes),
    };
  },

  own_election: async ({ file, passphrase, manifest }) => {
    const opened = await openKeyFile(decodeHex(file), passphrase);
    return requireOwnElection(readManifest(decodeHex(manifest)), opened).name;
  },
  fingerprint: ({ manifest }) => encodeHex(readManifest(decodeHex(manifest)).fingerprint),
  refused_manifests: ({ manifests }) => manifests.map((manifest) => {
    try {
      readManifest(decodeHex(manifest));
      return null;
    } catch (error) {
      return error instanceof CryptoError ? error.name : `not a refusal: ${error}`;
    }
  }),
  recount: ({ manifest, record }) =>
    encodeHex(encodeJson(recount(readManifest(decodeHex(manifest)), record))),
  partial: ({ manifest, tally, index, share, seed }) =>
    makePartial(readManifest(decodeHex(manifest)), tally, index, scalarOf(share), decodeHex(seed)),
  open_tally: ({ manifest, tally, partials }) => {
    const election = readManifest(decodeHex(manifest));
    const verified = partials.map((partial) => verifyPartialDocument(election, tally, partial));
    return openTally(election, tally, verified);
  },
};

function secretsOf({ signing_seed: signing, sealing_key: sealing }) {
  return { signingSeed: decodeHex(signing), sealingSecret: decodeHex(sealing) };
}

function dealerOf({ ceremony, threshold, holders, index, polynomial, secrets }) {
  return {
    round: startRound(decodeHex(ceremony), threshold, holders),
    index,
    polynomial: polynomial.map(scalarOf),
    secrets: secretsOf(secrets),
  };
}

function scalarOf(encoded) {
  return decodeScalar(decodeHex(encoded));
}

/**
 * @param {object[]} requests each with its `act`
 * @returns {Promise<object[]>} for each `{answer}`, or `{refusal}` with the name of it
 */
export async function talk(requests) {
  const answers = [];
  for (const { act, ...request } of requests) {
    try {
      answers.push({ answer: await acts[act](request) });
    } catch (error) {
      answers.push({ refusal: error.name, detail: error.message });
    }
  }
  return answers;
}
