// The voter's page: what runs when it is opened.

import { Journey } from "./journey.js";
import { Keeping } from "../visit/keeping.js";

const keep = new Keeping(location.pathname);

// Where this tab may keep nothing, the code still stands in the address.
if (keep.link === null && location.hash.includes(".")) {
  keep.link = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}

new Journey(keep).begin();
