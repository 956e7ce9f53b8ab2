import { executorContract } from "./contract.js";

executorContract({ isolation: "process", kills: "always", exits: true, output: true });
