// Asks the browser for a passkey, to make or to use, and sends its answer as a form.
// The options come from the server in an attribute; nothing is fetched.

const form = document.querySelector("[data-passkey]");
const ask = form.querySelector("[data-ask]");
const fault = form.querySelector("[data-fault]");
const binary = { create: readCreation, get: readRequest };

function fromBase64Url(text) {
  const plain = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(plain), (letter) => letter.charCodeAt(0));
}

function toBase64Url(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
  return btoa(letters.join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function readDescriptors(list = []) {
  return list.map((each) => ({ ...each, id: fromBase64Url(each.id) }));
}

function readCreation(options) {
  return {
    ...options,
    challenge: fromBase64Url(options.challenge),
    user: { ...options.user, id: fromBase64Url(options.user.id) },
    excludeCredentials: readDescriptors(options.excludeCredentials),
  };
}

function readRequest(options) {
  return {
    ...options,
    challenge: fromBase64Url(options.challenge),
    allowCredentials: readDescriptors(options.allowCredentials),
  };
}

function writeAnswer(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature"];
  const written = {};
  for (const name of parts) {
    if (response[name]) written[name] = toBase64Url(response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: toBase64Url(credential.rawId),
    type: credential.type,
    response: written,
  });
}

async function answer() {
  const how = form.dataset.passkey;
  const publicKey = binary[how](JSON.parse(form.dataset.options));
  ask.disabled = true;
  fault.hidden = true;
  try {
    const credential = await navigator.credentials[how]({ publicKey });
    form.elements.answer.value = writeAnswer(credential);
    form.submit();
  } catch {
    // Called off, timed out, or a device that is already known: the person may retry.
    fault.hidden = false;
    ask.disabled = false;
  }
}

ask.disabled = !window.PublicKeyCredential;
ask.addEventListener("click", answer);
