// Prints what the vendored modules make of the inputs of published vectors.
import { ed25519, ristretto255, ristretto255_hasher, ristretto255_oprf, x25519 } from "../../static/vendor/noble-curves/ed25519.js";
import { sha256 } from "../../static/vendor/noble-hashes/sha2.js";
import { blake2b } from "../../static/vendor/noble-hashes/blake2.js";
import { argon2id } from "../../static/vendor/noble-hashes/argon2.js";
import { hmac } from "../../static/vendor/noble-hashes/hmac.js";
import { bytesToHex, hexToBytes, utf8ToBytes } from "../../static/vendor/noble-hashes/utils.js";
import { xsalsa20poly1305 } from "../../static/vendor/noble-ciphers/salsa.js";

const ed25519Secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const x25519Base = "09" + "00".repeat(31);

function secretboxOpens() {
  const box = xsalsa20poly1305(new Uint8Array(32).fill(1), new Uint8Array(24).fill(2));
  return new TextDecoder().decode(box.decrypt(box.encrypt(utf8ToBytes("opened"))));
}

// RFC 9497 A.1.2, test vector 1.
function voprfOutput() {
  const { voprf } = ristretto255_oprf;
  const input = hexToBytes("00");
  const keys = voprf.deriveKeyPair(hexToBytes("a3".repeat(32)), utf8ToBytes("test key"));
  const { blind, blinded } = voprf.blind(input);
  const { evaluated, proof } = voprf.blindEvaluate(keys.secretKey, keys.publicKey, blinded);
  return voprf.finalize(input, blind, evaluated, blinded, keys.publicKey, proof);
}

export function answers() {
  const argon2Inputs = {
    t: 3, m: 32, p: 4, version: 0x13, dkLen: 32,
    key: new Uint8Array(8).fill(3), personalization: new Uint8Array(12).fill(4),
  };
  return {
    generator: bytesToHex(ristretto255.Point.BASE.toBytes()),
    ed25519: bytesToHex(ed25519.getPublicKey(hexToBytes(ed25519Secret))),
    x25519: bytesToHex(x25519.scalarMult(hexToBytes(x25519Base), hexToBytes(x25519Base))),
    sha256: bytesToHex(sha256(utf8ToBytes("abc"))),
    blake2b: bytesToHex(blake2b(utf8ToBytes("abc"))),
    hmac: bytesToHex(hmac(sha256, utf8ToBytes("Jefe"), utf8ToBytes("what do ya want for nothing?"))),
    argon2id: bytesToHex(argon2id(new Uint8Array(32).fill(1), new Uint8Array(16).fill(2), argon2Inputs)),
    secretbox: secretboxOpens(),
    hasher: ristretto255_hasher.hashToCurve(utf8ToBytes("x"), { DST: "urne" }).toBytes().length,
    voprf: bytesToHex(voprfOutput()),
  };
}

if (typeof process !== "undefined") {
  process.stdout.write(JSON.stringify(answers()));
}
