import { executorContract } from "./contract.js";

// There is nothing but the worker's own event loop: an abort signal may be obeyed or not, an exit
// or an uncaught error would end the worker, and what a job prints, the worker prints.
executorContract({ isolation: "inline", kills: "never", exits: false, output: false });
