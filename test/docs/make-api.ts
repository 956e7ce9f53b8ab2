import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../support/paths.js";
import { readApi } from "./read-api.js";
import { renderApi } from "./render-api.js";

/** Writes docs/api.md anew: npm run api. */
writeFileSync(join(PROJECT, "docs/api.md"), renderApi(readApi()));
