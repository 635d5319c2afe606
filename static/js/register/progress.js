// Follows a sending: asks how far it has come, and shows it, until it is over.
const PAUSE_MS = 3000;

const panel = document.querySelector("[data-progress]");
const bar = panel.querySelector("progress");
const text = panel.querySelector(`#${bar.id}-text`);
const waiting = panel.querySelector("[data-waiting]");
const full = panel.querySelector("[data-full]");
const PRINTING_MS = 180_000;
let troubled = null;
let letters = null;
let printingSince = 0;

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
  if ((come.state !== panel.dataset.state || moved) && !isPrinting(come.letters)) {
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

// A page that is loaded anew takes no answer to a form that it has sent: the pages of a
// batch would be lost on their way, and its codes with them.
function isPrinting(states) {
  const onItsWay = states.some((each) => each.startsWith("uncertain"));
  const isWaitedFor = Date.now() - printingSince < PRINTING_MS;
  return onItsWay && isWaitedFor;
}

function notePrinting(event) {
  const button = event.submitter;
  printingSince = Date.now();
  // After the form has gone: a second press would be a second printing.
  setTimeout(() => {
    button.disabled = true;
    button.textContent = panel.dataset.printing;
  });
}

for (const form of document.querySelectorAll("form[action*='/brev/']")) {
  if (/\/brev\/\d+$/.test(form.action)) {
    form.addEventListener("submit", notePrinting);
  }
}

follow();
