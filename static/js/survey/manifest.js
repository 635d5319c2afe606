// The manifest of a survey: what its respondents are promised (docs/protocol.md §8.1);
// the twin of surveys/manifest.py.

import {
  hex, id, integer, listOf, nullable, only, oneOf, personName, point, readFields, requireForm,
  text, time,
} from "../crypto/documents.js";
import { decodeJson, encodeHex } from "../crypto/encoding.js";
import { EqualKeys, EqualNames, IndexOutOfPlace, MalformedValue } from "../crypto/errors.js";
import { encodePoint } from "../crypto/group.js";
import { fingerprintOf } from "../crypto/manifest.js";

const ORIGIN = /^https?:\/\/([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?$/;
const EVERYBODY = "alle";
const KEY = hex(32);
const LINE = matching(/^[^\u0000-\u001f\u007f-\u009f]{1,300}$/u);
const LINE_OR_NONE = matching(/^[^\u0000-\u001f\u007f-\u009f]{0,300}$/u);
const MOST_INVITED = 2 ** 32 - 1;
const MOST_GROUPS = 1_000;
const LONGEST_GRACE = 86_400;

const READERS = {
  accepted_risks: listOf(matching(/^[a-z0-9-]{1,60}$/)),
  closes_at: time,
  controller: LINE,
  definition: KEY,
  deletes_at: time,
  format: only("urne/v1/survey"),
  grace_seconds: integer(0, LONGEST_GRACE),
  groups: listOf((group) => readFields(group, {
    entitled: integer(0, MOST_INVITED), index: integer(), issuer_key: point, label: personName,
  })),
  identified_until: nullable(time),
  invited: nullable(integer(0, MOST_INVITED)),
  legal_basis: LINE_OR_NONE,
  mode: oneOf("anonymous", "open", "pseudonymous", "named"),
  opens_at: time,
  organisation: LINE,
  processor: LINE_OR_NONE,
  purpose: matching(/^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]{1,5000}$/u),
  register_key: KEY,
  register_url: matching(ORIGIN),
  roll_commitment: nullable(KEY),
  service_key: KEY,
  service_url: matching(ORIGIN),
  slug: matching(/^[a-z0-9-]{3,60}$/),
  survey: id,
  threshold: integer(3, 1_000),
  title: LINE,
};

/**
 * @param {Uint8Array} bytes
 * @returns {object} the survey: what a respondent's browser needs of it
 * @throws {NonCanonicalEncoding} @throws {DocumentRefused} @throws {NonCanonicalPoint}
 * @throws {IdentityPoint}
 */
export function readManifest(bytes) {
  const document = decodeJson(bytes);
  const fields = readFields(document, READERS);
  requireMode(fields);
  requireTimes(fields);
  requireDistinct(fields);
  return {
    definition: fields.definition,
    document,
    fingerprint: fingerprintOf(bytes),
    groups: fields.groups.map(({ issuer_key: issuerKey, label }) => ({ issuerKey, label })),
    mode: fields.mode,
    registerUrl: fields.register_url,
    serviceKey: fields.service_key,
  };
}

function requireMode({ groups, identified_until: until, mode, ...fields }) {
  const isInvited = mode !== "open";
  const hasRoll = fields.roll_commitment !== null && groups.length > 0;
  const hasNone = fields.roll_commitment === null && groups.length === 0;
  requireForm(isInvited ? hasRoll : hasNone, "a roll is what invited surveys have, and only they");
  const isAlone = isInvited && mode !== "pseudonymous";
  requireForm(!isAlone || (groups.length === 1 && groups[0].label === EVERYBODY),
    "a survey without groups has one for everybody");
  const isPersonal = mode === "pseudonymous" || mode === "named";
  requireForm(isPersonal === (until !== null), "identified_until is of personal surveys alone");
  requireForm(!isPersonal || (fields.legal_basis !== "" && fields.processor !== ""),
    "a personal survey has legal basis and processor");
  const entitled = groups.reduce((sum, group) => sum + group.entitled, 0);
  requireForm(fields.invited === (isInvited ? entitled : null), "invited is not their number");
}

// Times of this one form are in order as text.
function requireTimes({ opens_at: opens, closes_at: closes, deletes_at: deletes, ...fields }) {
  const until = fields.identified_until ?? deletes;
  requireForm(opens < closes && closes < until && until <= deletes, "the times are out of order");
}

function requireDistinct({ groups, ...fields }) {
  if (groups.some(({ index }, at) => index !== at)) {
    throw new IndexOutOfPlace();
  }
  requireForm(groups.length <= MOST_GROUPS, "too many groups");
  requireDifferent(EqualNames, groups.map(({ label }) => label));
  requireDifferent(EqualKeys, groups.map(({ issuer_key: key }) => encodeHex(encodePoint(key))));
  requireDifferent(EqualKeys, [fields.service_key, fields.register_key].map(encodeHex));
  const risks = fields.accepted_risks;
  requireForm(risks.every((risk, at) => at === 0 || risks[at - 1] < risk), "not sorted");
}

function requireDifferent(Refusal, things) {
  if (new Set(things).size !== things.length) {
    throw new Refusal();
  }
}

function matching(pattern) {
  return (value) => {
    if (!pattern.test(text(value))) {
      throw new MalformedValue();
    }
    return value;
  };
}
