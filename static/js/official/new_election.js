// Proposes the short name while the title is being written, until it is changed by hand.

const LONGEST = 60;
const LETTERS = { æ: "ae", ø: "o", å: "a", ä: "ae", ö: "o", đ: "d", ŋ: "n", ŧ: "t" };

export function proposeSlug(title) {
  const plain = title
    .normalize("NFC")
    .toLowerCase()
    .replace(/[æøåäöđŋŧ]/g, (letter) => LETTERS[letter])
    .normalize("NFKD")
    .replace(/[^\x00-\x7f]/g, "");
  return plain
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, LONGEST)
    .replace(/-+$/, "");
}

for (const title of document.querySelectorAll("[data-proposes]")) {
  const slug = document.getElementById(title.dataset.proposes);
  let own = slug.value === "" || slug.value === proposeSlug(title.value);
  slug.addEventListener("input", () => {
    own = slug.value === "";
  });
  title.addEventListener("input", () => {
    if (own) slug.value = proposeSlug(title.value);
  });
}
