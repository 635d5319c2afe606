// A vault of static/js/holder/vault.js, asked by lines of JSON on standard input.
//
// Bytes travel as {"$bytes": base64}.

import { createInterface } from "node:readline";
import { openVault } from "../../static/js/holder/vault.js";
import { countTally } from "../../static/js/holder/counting.js";
import { openKeyFile } from "../../static/js/crypto/keyfile.js";
import { requireOwnElection } from "../../static/js/holder/key_check.js";

const stages = [];
const vault = openVault((stage, done) => stages.push([stage, done]));
const keptFiles = new Map();

// The vault's own acts, and two that let a test choose how many ballots are many.
const acts = {
  ...vault,
  acts: () => Object.keys(vault),
  stages: () => stages.splice(0),
  open: async ({ name, file, passphrase, sealed, index }) => {
    const opened = await openKeyFile(file, passphrase);
    keptFiles.set(name, { opened, election: requireOwnElection(opened, sealed, index) });
    return {};
  },
  countAbove: ({ name, most, record }) => {
    const { opened, election } = keptFiles.get(name);
    const progress = { onBallots: () => {}, onSums: () => {} };
    const { partial, tally } = countTally(opened, election, record, progress, most);
    return { partial, tally };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { act, details } = JSON.parse(line, revive);
  try {
    write({ answer: await acts[act](details) });
  } catch (error) {
    write({ refusal: error.name, detail: error.message });
  }
}

function write(value) {
  process.stdout.write(`${JSON.stringify(value, shown)}\n`);
}

function shown(_, value) {
  return value instanceof Uint8Array ? { $bytes: Buffer.from(value).toString("base64") } : value;
}

function revive(_, value) {
  const isBytes = value !== null && typeof value === "object" && Object.hasOwn(value, "$bytes");
  return isBytes ? new Uint8Array(Buffer.from(value.$bytes, "base64")) : value;
}
