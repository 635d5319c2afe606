// Follows work that goes on by itself: shows how far it is, and draws the page anew when
// something else is to be done.
const PAUSE_MS = 2000;

const panel = document.querySelector("[data-follows]");

async function follow() {
  const answer = await fetch(panel.dataset.follows, {
    headers: { Accept: "application/json" },
    redirect: "error",
  }).catch(() => null);
  if (answer?.ok && !show(await answer.json())) {
    location.reload();
    return;
  }
  setTimeout(follow, PAUSE_MS);
}

function show({ bar, state }) {
  const progress = panel.querySelector("progress");
  if (state !== panel.dataset.seen || (bar === null) !== (progress === null)) {
    return false;
  }
  if (progress !== null) {
    panel.querySelector("label").textContent = bar.text;
    if (bar.max > 0) {
      progress.max = bar.max;
      progress.value = bar.value;
    } else {
      progress.removeAttribute("value");
    }
  }
  return true;
}

setTimeout(follow, PAUSE_MS);
