import type { WorkerInfo } from "../../index.js";
import { plainLine } from "./plain.js";

/** Which jobs a worker takes, in a few words; empty where it takes all. */
export function renderFilter({
  minPriority,
  names,
}: Pick<WorkerInfo, "minPriority" | "names">): string {
  const parts: string[] = [];
  if (minPriority !== null) parts.push(`priority ${minPriority} and up`);
  if (names !== null) parts.push(names.map(plainLine).join(", "));
  return parts.join(" · ");
}
