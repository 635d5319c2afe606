// Files in and out: chosen by the holder, saved by the browser.

/** @param {File} file @returns {Promise<Uint8Array>} */
export async function readBytes(file) {
  return new Uint8Array(await file.arrayBuffer());
}

/**
 * Save bytes as a file, where the browser puts downloads.
 * @param {Uint8Array} bytes
 * @param {string} name
 */
export function saveFile(bytes, name) {
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // Some browsers read it only after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** @param {string} name @param {string} slug @returns {string} nøkkel-NAVN-VALG.urnekey */
export function keyFileName(name, slug) {
  return `nøkkel-${plain(name)}-${plain(slug)}.urnekey`;
}

/** @param {string} name @param {string} slug @returns {string} */
export function reportName(name, slug) {
  return `kontroll-${plain(name)}-${plain(slug)}.rapport.json`;
}

function plain(text) {
  return text.normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "");
}
