import type { Progress } from "../../index.js";
import { plainLine } from "./plain.js";
import { renderCount } from "./time.js";

/** `62 % 310/500 thumbnails`, as much of it as is known. */
export function renderProgressOf({ done, total, message }: Progress): string {
  const share = total === null || total === 0 ? "" : `${Math.floor((done / total) * 100)} %`;
  const count = total === null ? number(done) : `${number(done)}/${number(total)}`;
  return [share, count, message === null ? "" : plainLine(message)]
    .filter((part) => part)
    .join(" ");
}

/** Fractions to two digits, whole numbers with their thousands set apart. */
function number(value: number): string {
  if (!Number.isSafeInteger(value)) return String(Math.round(value * 100) / 100);
  return renderCount(value);
}
