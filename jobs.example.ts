import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { JobContext } from "gigq";

/** gigq run ./jobs.example.ts#greet -p name=Ada */
export function greet({ name = "world" }: { name?: string }): string {
  return `Hello, ${name}!`;
}

/** gigq run ./jobs.example.ts#checksum -p file=README.md */
export async function checksum(
  { file, algorithm = "sha256" }: { file: string; algorithm?: string },
  { signal, log }: JobContext,
): Promise<{ file: string; algorithm: string; digest: string }> {
  // Shown by gigq logs, with whatever is written to stdout and stderr.
  log("reading %s for its %s", file, algorithm);
  const hash = createHash(algorithm);
  // The signal fires when the attempt is to stop: at its timeout, say.
  await pipeline(createReadStream(file), hash, { signal });
  return { file, algorithm, digest: hash.digest("hex") };
}

/** gigq run ./jobs.example.ts#checkUrl -p url=https://example.com --max-attempts 5 --backoff exponential */
export async function checkUrl(
  { url, expect = 200 }: { url: string; expect?: number },
  { attempt, signal }: JobContext,
): Promise<{ url: string; status: number; attempt: number }> {
  const response = await fetch(url, { signal });
  await response.body?.cancel();
  // Throwing fails the attempt; whether it is tried again is a rule of the job.
  if (response.status !== expect) throw new Error(`${url} answered ${response.status}`);
  return { url, status: response.status, attempt };
}
