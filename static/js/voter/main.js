// The voter's page: what runs when it is opened.

import { Keeping } from "../visit/keeping.js";
import { Journey } from "./journey.js";

new Journey(Keeping.ofThisPage()).begin();
