// Follows a sending: asks how far it has come, and shows it, until it is over.
const PAUSE_MS = 3000;

const panel = document.querySelector("[data-progress]");
const bar = panel.querySelector("progress");
const text = panel.querySelector(`#${bar.id}-text`);
const waiting = panel.querySelector("[data-waiting]");
const full = panel.querySelector("[data-full]");
let troubled = null;
let letters = null;

async function follow() {
  const answer = await fetch(panel.dataset.progress, {
    headers: { Accept: "application/json" },
    redirect: "error",
  }).catch(() => null);
  if (answer?.ok) {
    show(await answer.json());
  }
  setTimeout(follow, PAUSE_MS);
}

function show(come) {
  troubled ??= come.troubled;
  letters ??= come.letters.join();
  const moved = come.troubled !== troubled || come.letters.join() !== letters;
  if (come.state !== panel.dataset.state || moved) {
    location.reload();
    return;
  }
  bar.max = come.max;
  bar.value = come.value;
  text.textContent = come.text;
  for (const [name, count] of Object.entries(come.counts)) {
    panel.querySelector(`[data-count="${name}"]`).textContent = count;
  }
  if (full) {
    full.hidden = !come.full;
    full.querySelector("p").textContent = come.full;
  }
  waiting.hidden = !come.waiting || Boolean(come.full);
}

follow();
