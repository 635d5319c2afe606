// Runs vectors and tells of each what became of it; the same in Node, page and worker.

import { readBallot } from "./ballots.mjs";
import { readCeremony, readShares } from "./ceremonies.mjs";
import { readDecryption, readRehearsal, readTotal } from "./counting.mjs";
import {
  readBallotSignature, readCode, readEvidence, readLink, readStatusSignature, readToken,
  readTokenCheck,
} from "./credentials.mjs";
import { parseVector } from "./files.mjs";
import { published } from "./published.mjs";
import { readCheckpoint, readJson, readKeyFile } from "./texts.mjs";

/** By operation, what reads a vector of our own; each throws the reason to refuse. */
const own = {
  ballot: readBallot,
  "ballot-signature": readBallotSignature,
  ceremony: readCeremony,
  checkpoint: readCheckpoint,
  code: readCode,
  decryption: readDecryption,
  evidence: readEvidence,
  json: readJson,
  keyfile: readKeyFile,
  link: readLink,
  rehearsal: readRehearsal,
  shares: readShares,
  "status-signature": readStatusSignature,
  token: readToken,
  "token-check": readTokenCheck,
  total: readTotal,
};

/**
 * @param {Object<string, string>} texts by path below tests/vectors
 * @returns {Promise<Object<string, string>>} by path: "as expected", or what came instead
 */
export async function runVectors(texts) {
  const outcomes = {};
  for (const [path, text] of Object.entries(texts)) {
    outcomes[path] = await outcomeOf(path, text);
  }
  return outcomes;
}

async function outcomeOf(path, text) {
  try {
    return await (path.startsWith("own/") ? runOwn(path, text) : runPublished(path, text));
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}

async function runPublished(path, text) {
  const count = await published[path.slice("rfc/".length)](JSON.parse(text));
  return count > 0 ? "as expected" : "the file has no case";
}

async function runOwn(path, text) {
  const vector = parseVector(path.slice("own/".length, -".txt".length), text);
  let answer = "ok";
  try {
    await own[vector.operation](vector);
  } catch (error) {
    answer = error.name;
    if (answer !== vector.expect) {
      throw error;
    }
  }
  return answer === vector.expect ? "as expected" : `${answer} instead of ${vector.expect}`;
}
