// What page.mjs asks for, done in a module worker.

import { runVectors } from "./vectors/run.mjs";
import { talk } from "./talk.mjs";

globalThis.onmessage = async ({ data }) => {
  globalThis.postMessage(data.texts ? await runVectors(data.texts) : await talk(data.requests));
};
