// The same in Node: requests come as JSON on the standard input, answers go out.

import { readFileSync } from "node:fs";
import { talk } from "./talk.mjs";

process.stdout.write(JSON.stringify(await talk(JSON.parse(readFileSync(0, "utf8")))));
