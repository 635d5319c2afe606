// Does in JavaScript what a test in Python asks for; bytes are hex in both directions.

import { sealBallot } from "../../static/js/crypto/ballot.js";
import { signBallot, signStatus, trackingDigest } from "../../static/js/crypto/ballot_signature.js";
import { makeCommit, makeHolder, makeReveal, makeShare, startRound } from "../../static/js/crypto/ceremony.js";
import { deriveBlind, deriveCredential, loginSeed } from "../../static/js/crypto/codes.js";
import { decodeHex, decodeJson, encodeHex, encodeJson } from "../../static/js/crypto/encoding.js";
import { decodePoint, decodeScalar, encodePoint, encodeScalar } from "../../static/js/crypto/group.js";
import { createKeyFile, openKeyFile, rememberTally } from "../../static/js/crypto/keyfile.js";
import { readManifest } from "../../static/js/crypto/manifest.js";
import { cosignNote, encodeNote, parseNote } from "../../static/js/crypto/notes.js";
import { makePartial, openTally, verifyPartialDocument } from "../../static/js/crypto/partials.js";
import { seal, unseal } from "../../static/js/crypto/sealing.js";
import { publicKey, sign, verifyBytes } from "../../static/js/crypto/signing.js";
import { recount } from "../../static/js/crypto/tally.js";
import {
  makeRehearsal, receiveShare, signTranscript, verifyCeremony, verifyCeremonyRecord,
} from "../../static/js/crypto/transcript.js";
import { blind, credentialElement, unblind, verifyEvaluations } from "../../static/js/crypto/voprf.js";
import { oddSignatures } from "./odd_signatures.mjs";

const acts = {
  seal_to: ({ key, plain }) => encodeHex(seal(decodeHex(key), decodeHex(plain))),
  unseal: ({ secret, sealed }) => encodeHex(unseal(decodeHex(secret), decodeHex(sealed))),
  sign: ({ seed, tag, parts }) => encodeHex(sign(decodeHex(seed), tag, ...parts.map((one) => decodeHex(one)))),
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

  blind: ({ fingerprint, code, salt }) => {
    const voter = voterOf(fingerprint, code, salt);
    const blinded = encodePoint(blind(voter.element, voter.factor));
    return {
      blinded: encodeHex(blinded),
      credential: encodeHex(encodePoint(voter.credential.public)),
      login: encodeHex(publicKey(voter.seed)),
      signature: encodeHex(sign(voter.seed, "right", voter.fingerprint, blinded)),
    };
  },
  unblind: ({ fingerprint, code, salt, issuer, evaluated, proof }) => {
    const voter = voterOf(fingerprint, code, salt);
    const answer = decodePoint(decodeHex(evaluated));
    const blinded = blind(voter.element, voter.factor);
    verifyEvaluations(decodePoint(decodeHex(issuer)), [blinded], [answer], decodeHex(proof));
    return encodeHex(encodePoint(unblind(answer, voter.factor)));
  },
  vote: ({ manifest, code, salt, group, token, selections, place }) => {
    const election = readManifest(decodeHex(manifest));
    const { fingerprint, electionKey, rules: { revoting } } = election;
    const { credential } = voterOf(encodeHex(fingerprint), code, salt);
    const { style } = election.groups[group];
    const context = { fingerprint, group, style, credential: credential.public, electionKey, revoting };
    const chained = place && { ...place, predecessor: decodeHex(place.predecessor) };
    const { sealed } = sealBallot(context, election.shapes[style], selections, chained);
    const tracking = trackingDigest(fingerprint, credential.public, sealed);
    const right = decodePoint(decodeHex(token));
    return {
      sealed: encodeHex(sealed),
      signature: encodeHex(signBallot(fingerprint, credential.secret, right, tracking)),
      status: encodeHex(signStatus(fingerprint, credential.secret)),
      tracking: encodeHex(tracking),
    };
  },

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

  fingerprint: ({ manifest }) => encodeHex(readManifest(decodeHex(manifest)).fingerprint),
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

function voterOf(fingerprint, code, salt) {
  const digest = decodeHex(fingerprint);
  const credential = deriveCredential(digest, code, decodeHex(salt));
  return {
    credential,
    element: credentialElement(digest, encodePoint(credential.public)),
    factor: deriveBlind(digest, code, decodeHex(salt)),
    fingerprint: digest,
    seed: loginSeed(digest, code),
  };
}

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
