import { storageContract } from "../../src/storage/contract/storage-contract.js";
import { MemoryStore } from "./memory-storage.js";

storageContract("memory", () => new MemoryStore());
