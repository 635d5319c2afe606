// The page's half: calculates itself, and has a module worker do the same.
import { startWorker } from "../../../static/js/start_worker.js";
import { answers } from "../vendored_modules.mjs";

document.body.dataset.page = JSON.stringify(answers());
const worker = startWorker(new URL("./worker.mjs", import.meta.url));
worker.addEventListener("message", (event) => {
  document.body.dataset.worker = event.data;
});
