import type { Clock } from "../clock.js";
import type { JobRef, Storage } from "../storage/storage.js";
import { summaryOf } from "./job-info.js";
import type { Explanation } from "./reason.js";
import { reasonsOf } from "./why.js";
import { gatherFacts } from "./why-facts.js";

/** Tells why a job is not running. Rejects with `unknown-job`. */
export async function explain(storage: Storage, clock: Clock, ref: JobRef): Promise<Explanation> {
  const facts = await gatherFacts(storage, clock, ref);
  return { job: summaryOf(facts.job), reasons: reasonsOf(facts) };
}
