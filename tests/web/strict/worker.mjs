import { answers } from "../vendored_modules.mjs";

postMessage(JSON.stringify(answers()));
