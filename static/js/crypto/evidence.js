// That every token came from the announced key of its voter group (§4.7).

import { integer, hex, listOf, only, readFields, requireForm } from "./documents.js";
import { ProofRefused } from "./errors.js";
import { encodePoint } from "./group.js";
import { MAXIMUM_BATCH, TOKEN_PROOF_BYTES, credentialElement, verifyEvaluations } from "./voprf.js";

/**
 * Refuse evidence that does not cover every ballot of every group once, or does not hold.
 * @param {object} election of readManifest
 * @param {object[]} cast ballots of readBoard, in the order of the board
 * @param {object} evidence the document
 * @throws {NonCanonicalEncoding} @throws {ProofRefused} @throws {NonCanonicalScalar}
 */
export function verifyEvidence(election, cast, evidence) {
  const { groups } = readFields(evidence, {
    format: only("urne/v1/evidence"), groups: listOf(readGroup),
  });
  requireForm(
    groups.length === election.groups.length && groups.every(({ index }, at) => index === at),
    "not every group has its evidence",
  );
  for (const { index, batches } of groups) {
    const ballots = cast.filter(({ group }) => group === index);
    verifyGroup(election, election.groups[index], ballots, batches);
  }
}

function readGroup(group) {
  return readFields(group, {
    batches: listOf((batch) => readFields(batch, {
      count: integer(1, MAXIMUM_BATCH), first: integer(), proof: hex(TOKEN_PROOF_BYTES),
    })),
    index: integer(),
  });
}

function verifyGroup(election, group, ballots, batches) {
  let covered = 0;
  for (const { first, count, proof } of batches) {
    requireForm(first === covered, "a batch does not follow the one before");
    const some = ballots.slice(first, first + count);
    requireForm(some.length === count, "a batch covers more ballots than there are");
    const elements = some.map(({ credential }) =>
      credentialElement(election.fingerprint, encodePoint(credential)));
    verifyEvaluations(group.issuerKey, elements, some.map(({ token }) => token), proof);
    covered += count;
  }
  if (covered !== ballots.length) {
    throw new ProofRefused("a ballot has no evidence");
  }
}
