import { describe } from "node:test";
import { answers } from "./contract/answers.js";
import { closing } from "./contract/closing.js";
import { deaths } from "./contract/deaths.js";
import { errors } from "./contract/errors.js";
import { order } from "./contract/order.js";
import { output } from "./contract/output.js";
import type { Promises } from "./contract/promises.js";
import { recall } from "./contract/recall.js";
import { stopping } from "./contract/stopping.js";
import { turnover } from "./contract/turnover.js";

/** What every executor does, and where an isolation promises less. */
export function executorContract(promises: Promises): void {
  void describe(`executor: ${promises.isolation}`, () => {
    answers(promises);
    errors(promises);
    deaths(promises);
    order(promises);
    stopping(promises);
    recall(promises);
    closing(promises);
    turnover(promises);
    output(promises);
  });
}
