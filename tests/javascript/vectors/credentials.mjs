// What a voter's browser derives, asks for and signs, and the evidence of rights.

import {
  verifyBallotSignature, verifyStatusSignature,
} from "../../../static/js/crypto/ballot_signature.js";
import { requireLength } from "../../../static/js/crypto/bytes.js";
import {
  deriveBlind, deriveCredential, linkFragment, loginSeed, parseLinkFragment, printedCode,
  requireFingerprint, typedCode,
} from "../../../static/js/crypto/codes.js";
import { decodeHex } from "../../../static/js/crypto/encoding.js";
import { TokenRefused } from "../../../static/js/crypto/errors.js";
import {
  POINT_BYTES, decodePoint, decodeScalar, encodePoint, encodeScalar, multiply,
} from "../../../static/js/crypto/group.js";
import { publicKey } from "../../../static/js/crypto/signing.js";
import {
  TOKEN_PROOF_BYTES, blind, credentialElement, unblind, verifyEvaluations,
} from "../../../static/js/crypto/voprf.js";
import { bytesOf, jsonOf, requireSame } from "./files.mjs";

/** @param {object} vector @throws {CryptoError} the reason to refuse */
export function readCode(vector) {
  const [fingerprint, salt] = [bytesOf(vector, "fingerprint"), bytesOf(vector, "salt")];
  const code = typedCode(new TextDecoder().decode(vector.body));
  const seed = loginSeed(fingerprint, code);
  const credential = deriveCredential(fingerprint, code, salt);
  const { inputs } = vector;
  requireSame(code, inputs.symbols, "symbols");
  requireSame(printedCode(code), inputs.printed, "printed");
  requireSame(linkFragment(code, fingerprint), inputs["link-fragment"], "link");
  requireSame(seed, bytesOf(vector, "login-seed"), "login seed");
  requireSame(publicKey(seed), bytesOf(vector, "login-key"), "login key");
  requireSame(encodeScalar(credential.secret), bytesOf(vector, "credential-secret"), "x");
  requireSame(encodePoint(credential.public), bytesOf(vector, "credential"), "X");
  const factor = deriveBlind(fingerprint, code, salt);
  requireSame(encodeScalar(factor), bytesOf(vector, "blind"), "blind");
}

/** @param {object} vector @throws {CryptoError} the reason to refuse */
export function readLink(vector) {
  const { code, short } = parseLinkFragment(new TextDecoder().decode(vector.body));
  requireFingerprint(short, bytesOf(vector, "fingerprint"));
  requireSame(code, vector.inputs.symbols, "symbols");
}

/** @param {object} vector @throws {CryptoError} the reason to refuse */
export function readToken(vector) {
  requireLength("answer", POINT_BYTES + TOKEN_PROOF_BYTES, vector.body);
  const evaluated = decodePoint(vector.body.slice(0, POINT_BYTES));
  const factor = decodeScalar(bytesOf(vector, "blind"));
  const blinded = blind(elementOf(vector, bytesOf(vector, "credential")), factor);
  const proof = vector.body.slice(POINT_BYTES);
  verifyEvaluations(pointOf(vector, "issuer-key"), [blinded], [evaluated], proof);
  requireSame(encodePoint(blinded), bytesOf(vector, "blinded"), "blinded");
  requireSame(encodePoint(unblind(evaluated, factor)), bytesOf(vector, "token"), "token");
}

/** @param {object} vector @throws {CryptoError} the reason to refuse */
export function readTokenCheck(vector) {
  const element = elementOf(vector, bytesOf(vector, "credential"));
  const secret = decodeScalar(bytesOf(vector, "issuer-secret"));
  if (!multiply(secret, element).equals(decodePoint(vector.body))) {
    throw new TokenRefused();
  }
}

/** @param {object} vector @throws {CryptoError} the reason to refuse */
export function readEvidence(vector) {
  const elements = jsonOf(vector, "credentials").map((one) => elementOf(vector, decodeHex(one)));
  const tokens = jsonOf(vector, "tokens").map((one) => decodePoint(decodeHex(one)));
  verifyEvaluations(pointOf(vector, "issuer-key"), elements, tokens, vector.body);
}

/** @param {object} vector @throws {CryptoError} the reason to refuse */
export function readBallotSignature(vector) {
  const [fingerprint, tracking] = [bytesOf(vector, "fingerprint"), bytesOf(vector, "tracking")];
  const [credential, token] = [pointOf(vector, "credential"), pointOf(vector, "token")];
  verifyBallotSignature(fingerprint, credential, token, tracking, vector.body);
}

/** @param {object} vector @throws {CryptoError} the reason to refuse */
export function readStatusSignature(vector) {
  const fingerprint = bytesOf(vector, "fingerprint");
  verifyStatusSignature(fingerprint, pointOf(vector, "credential"), vector.body);
}

function elementOf(vector, credential) {
  return credentialElement(bytesOf(vector, "fingerprint"), credential);
}

function pointOf(vector, field) {
  return decodePoint(bytesOf(vector, field));
}
