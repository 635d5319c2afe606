// The booth in a worker, so that the page answers while it computes.

import { serveWorker } from "../visit/serve_worker.js";
import { Booth } from "./booth.js";

serveWorker(new Booth());
