import type { Outcome } from "../../../src/job/outcome.js";
import type { Random } from "../../campaign/random.js";

export const LOST: Outcome = { type: "lost", error: "its worker is gone" };

export function randomOutcome(random: Random): Outcome {
  switch (
    random.weighted({ completed: 12, failed: 4, timeout: 1, released: 2, lost: 1, cancelled: 0.3 })
  ) {
    case "completed":
      return { type: "completed", result: String(random.whole(0, 1_000)) };
    case "failed":
      return { type: "failed", error: "Error: thrown" };
    case "timeout":
      return { type: "timeout" };
    case "released":
      return { type: "released" };
    case "lost":
      return LOST;
    case "cancelled":
      return { type: "cancelled" };
  }
}
