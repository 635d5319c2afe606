// Shows what a decision rule means while it is being written. The words are the
// server's, so that there is one place where a rule becomes a sentence.

const WAIT_MS = 250;

for (const form of document.querySelectorAll("[data-explains]")) {
  const rule = form.querySelector("[data-rule]");
  const output = form.querySelector("[data-sentences]");
  const choices = form.elements.choices;
  let waiting = 0;
  let asked = 0;

  const listChoices = () => {
    const lines = choices.value.split("\n").map((line) => line.trim().replace(/\s+/g, " "));
    const names = lines.filter((line) => line);
    const select = form.elements.choice;
    const chosen = Math.min(Math.max(select.selectedIndex, 0), Math.max(names.length - 1, 0));
    const options = (names.length ? names : ["–"]).map(
      (name, index) => new Option(name, String(index), false, index === chosen),
    );
    select.replaceChildren(...options);
  };

  const showParts = () => {
    rule.hidden = form.elements.decides.value !== "regel";
    for (const part of form.querySelectorAll("[data-other]")) {
      part.hidden = form.elements[part.dataset.other].value !== "annen";
    }
  };

  const write = (sentences) => {
    const nothing = form.elements.decides.value === "regel" ? "unfinished" : "none";
    const lines = sentences.length ? sentences : [output.dataset[nothing]];
    output.replaceChildren(
      ...lines.flatMap((line) => {
        const span = document.createElement("span");
        span.className = "sentence";
        span.textContent = line;
        return [span, " "];
      }),
    );
  };

  const explain = async () => {
    const mine = ++asked;
    const answer = await fetch(form.dataset.explains, {
      body: new URLSearchParams(new FormData(form)),
      method: "POST",
    });
    if (!answer.ok || mine !== asked) return;
    write((await answer.json()).sentences);
  };

  const changed = (event) => {
    if (event?.target === choices) listChoices();
    showParts();
    window.clearTimeout(waiting);
    waiting = window.setTimeout(explain, WAIT_MS);
  };

  form.addEventListener("input", changed);
  showParts();
}
