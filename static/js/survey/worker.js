// The desk in a worker, so that the page answers while it computes.

import { serveWorker } from "../visit/serve_worker.js";
import { Desk } from "./desk.js";

serveWorker(new Desk());
