import type { Storage } from "../storage.js";
import type { Scene } from "./scene.js";

/** Says one thing that every engine does. `another` opens a store that has nothing to do with it. */
export type Story = (
  sentence: string,
  tell: (scene: Scene, another: () => Promise<Storage>) => Promise<void>,
) => void;
