// The manifest: everything about an election that can never change (§4.1).
//
// An election is what readManifest makes of it: points decoded, styles as ballot_shape.js
// has them, and the fingerprint.

import { requirePossible, requirePossibleStyle } from "./ballot_shape.js";
import {
  boolean, hex, id, integer, listOf, nullable, only, oneOf, personName, point, readFields, text,
} from "./documents.js";
import { decodeJson, encodeHex } from "./encoding.js";
import {
  EmptyStyle, EqualKeys, EqualNames, ImpossibleRule, IndexOutOfPlace, MalformedValue, OutOfBounds,
  OutOfOrder,
} from "./errors.js";
import { encodePoint, rememberMultiples } from "./group.js";
import { digest } from "./hashing.js";

export const SERVICE_SIGNER = "service.urne";

const KEY = hex(32);
const ORIGIN = /^https?:\/\/([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?$/;
const FRACTION = 1_000_000;
const TITLE = bounded(1, 300);
const TEXT = bounded(0, 10_000);

/** @param {Uint8Array} bytes of a manifest @returns {Uint8Array} FP, 32 bytes (§3.2) */
export function fingerprintOf(bytes) {
  return digest("fingerprint", bytes);
}

/**
 * @param {Uint8Array} bytes
 * @returns {object} the election: the fields of §4.1 in camel case, `fingerprint`, `document`,
 *   and `shapes`, the shape of each style
 * @throws {NonCanonicalEncoding} @throws {DocumentRefused} @throws {ImpossibleShape}
 * @throws {NonCanonicalPoint} @throws {IdentityPoint}
 */
export function readManifest(bytes) {
  const document = decodeJson(bytes);
  const fields = readFields(document, READERS);
  requirePlaces(fields);
  requireBounds(fields);
  requireDistinct(fields);
  const shapes = fields.styles.map(({ contests }) =>
    contests.map((at) => shapeOf(fields.contests[at])));
  shapes.forEach(requirePossibleStyle);
  fields.contests.map(shapeOf).forEach(requirePossible);
  rememberMultiples(fields.election_key);
  return { ...camelled(fields), shapes, document, fingerprint: fingerprintOf(bytes) };
}

const READERS = {
  accepted_risks: listOf(matching(/^[a-z0-9-]{1,60}$/)),
  approvals_needed: integer(1, 9),
  ceremony: hex(32),
  contests: listOf(readContest),
  election: id,
  election_key: point,
  format: only("urne/v1/manifest"),
  groups: listOf((group) => readFields(group, {
    entitled: integer(0, 2 ** 32 - 1), index: integer(), issuer_key: point, label: personName,
    style: integer(),
  })),
  holders: listOf((holder) => readFields(holder, {
    index: integer(), name: personName, share_key: point, signing_key: KEY,
  })),
  language: oneOf("nb", "nn", "en"),
  organisation: TITLE,
  practice: boolean,
  register_key: KEY,
  register_url: matching(ORIGIN),
  roll_commitment: hex(32),
  rules: (rules) => readFields(rules, {
    batch_size: integer(1, 10_000), grace_seconds: integer(0, 86_400), revoting: boolean,
    suppression_threshold: integer(1, 10_000),
  }),
  scripts: listOf((script) => readFields(script, {
    path: matching(/^\/[!-~]{1,300}$/), sha384: hex(48),
  })),
  service_key: KEY,
  service_url: matching(ORIGIN),
  slug: matching(/^[a-z0-9-]{3,60}$/),
  styles: listOf((style) => readFields(style, { contests: listOf(integer()), index: integer() })),
  threshold: integer(1, 8),
  title: TITLE,
  witness_threshold: integer(),
  witnesses: listOf((witness) => readFields(witness, {
    key: KEY, name: matching(/^[!-*,-~]{1,100}$/),
  })),
};

function matching(pattern) {
  return (value) => {
    if (!pattern.test(text(value))) {
      throw new MalformedValue();
    }
    return value;
  };
}

// Characters are code points, as they are counted in Python.
function bounded(least, most) {
  return (value) => {
    const { length } = [...text(value)];
    if (length < least || length > most) {
      throw new OutOfBounds(`not ${least} to ${most} letters`);
    }
    return value;
  };
}

function readContest(contest) {
  const fields = readFields(contest, {
    blank: boolean, choices: listOf(TITLE), decision: nullable(readDecision), index: integer(),
    max: integer(), min: integer(), question: TEXT, title: TITLE,
  });
  requireDifferent(EqualNames, fields.choices);
  if (fields.decision !== null && fields.decision.choice >= fields.choices.length) {
    throw new ImpossibleRule("it is about a choice that is not there");
  }
  return fields;
}

function readDecision(decision) {
  const fields = readFields(decision, {
    base: oneOf("choices", "all"), choice: integer(), denominator: integer(1, FRACTION),
    numerator: integer(0, FRACTION), strict: boolean, text: TEXT,
    turnout_denominator: integer(1, FRACTION), turnout_numerator: integer(0, FRACTION),
    turnout_strict: boolean,
  });
  if (fields.numerator > fields.denominator
    || fields.turnout_numerator > fields.turnout_denominator) {
    throw new ImpossibleRule("it asks for more than the whole");
  }
  return fields;
}

function requirePlaces({ groups, styles, contests, holders, scripts, accepted_risks: risks }) {
  for (const [entries, first] of [[groups, 0], [styles, 0], [contests, 0], [holders, 1]]) {
    if (entries.some(({ index }, at) => index !== first + at)) {
      throw new IndexOutOfPlace();
    }
  }
  if (groups.some(({ style }) => style >= styles.length)) {
    throw new IndexOutOfPlace("a group has a style that is not there");
  }
  for (const { contests: indices } of styles) {
    if (indices.length === 0) {
      throw new EmptyStyle();
    }
    if (indices.some((at, place) => at >= contests.length || at <= (indices[place - 1] ?? -1))) {
      throw new IndexOutOfPlace("a style has contests out of order or unknown");
    }
  }
  requireRising(scripts.map(({ path }) => path));
  requireRising(risks);
}

// ASCII alone, so that code units sort as bytes do.
function requireRising(texts) {
  if (texts.some((one, at) => at > 0 && one <= texts[at - 1])) {
    throw new OutOfOrder();
  }
}

function requireBounds(fields) {
  const { holders, threshold, approvals_needed: approvals } = fields;
  const isMajority = (number) => 2 * number > holders.length;
  const holds = holders.length >= 3 && holders.length <= 9
    && isMajority(threshold) && threshold < holders.length
    && isMajority(approvals) && approvals <= holders.length
    && fields.groups.length >= 1 && fields.groups.length <= 1_000
    && fields.styles.length >= 1 && fields.styles.length <= 1_000
    && fields.contests.length >= 1 && fields.contests.length <= 20
    && fields.witnesses.length <= 20 && fields.witness_threshold <= fields.witnesses.length
    && fields.scripts.length <= 1_000 && fields.accepted_risks.length <= 100;
  if (!holds) {
    throw new OutOfBounds();
  }
}

function requireDistinct(fields) {
  const { groups, holders, witnesses } = fields;
  requireDifferent(EqualNames, groups.map(({ label }) => label));
  const names = [...witnesses, ...holders].map(({ name }) => name);
  requireDifferent(EqualNames, [SERVICE_SIGNER, ...names]);
  const signing = [
    fields.service_key, fields.register_key, ...witnesses.map(({ key }) => key),
    ...holders.map(({ signing_key: key }) => key),
  ];
  requireDifferent(EqualKeys, signing.map(encodeHex));
  // A right issued in one group must not hold in another.
  const points = [
    fields.election_key, ...holders.map(({ share_key: key }) => key),
    ...groups.map(({ issuer_key: key }) => key),
  ];
  requireDifferent(EqualKeys, points.map((one) => encodeHex(encodePoint(one))));
}

function requireDifferent(Refusal, things) {
  if (new Set(things).size !== things.length) {
    throw new Refusal();
  }
}

function shapeOf({ index, choices, blank, min, max }) {
  return { index, choices: choices.length, blank, minimum: min, maximum: max };
}

// The names of the document as JavaScript writes them: election_key becomes electionKey.
function camelled(value) {
  if (Array.isArray(value)) {
    return value.map(camelled);
  }
  if (value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([name, part]) =>
    [name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()), camelled(part)]));
}
