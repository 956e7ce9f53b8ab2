import { executorContract } from "./contract.js";

// A thread shares its process with the worker: a blocking native call cannot be broken off, and a
// signal would hit both.
executorContract({ isolation: "thread", kills: "javascript", exits: true, output: true });
