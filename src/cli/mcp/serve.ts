import { plainJson } from "../render/plain.js";
import type { Terminal } from "../terminal.js";
import { answerTo, answerToTooLong, type Methods } from "./answer.js";
import { linesOf } from "./lines.js";

/** Longer than any job: its params are 16 Mi characters at most, of up to 3 bytes each. */
const LONGEST_BYTES = 64 * 1024 * 1024;

/** So many requests are worked on at a time; what comes after waits unread. */
const MOST_AT_ONCE = 64;

/**
 * Answers the messages on standard input, one a line, on standard output. Resolves once the input
 * has ended or the signal fires, and all that was asked by then is answered.
 */
export async function serve(
  terminal: Terminal,
  methods: Methods,
  signal: AbortSignal,
): Promise<void> {
  const inHand = new Set<Promise<void>>();
  const read = async () => {
    for await (const line of linesOf(terminal.stdin(), LONGEST_BYTES)) {
      if (signal.aborted) return;
      if (line !== undefined && isBlank(line)) continue;
      const answering = answer(terminal, line, methods).finally(() => inHand.delete(answering));
      inHand.add(answering);
      while (inHand.size >= MOST_AT_ONCE) await Promise.race(inHand);
    }
  };
  await Promise.race([read(), aborted(signal)]);
  await Promise.all(inHand);
}

async function answer(
  { stdout }: Terminal,
  line: Buffer | undefined,
  methods: Methods,
): Promise<void> {
  const said = line === undefined ? answerToTooLong(LONGEST_BYTES) : await answerTo(line, methods);
  if (said !== undefined) stdout.write(`${plainJson(said)}\n`);
}

function isBlank(line: Buffer): boolean {
  return line.length < 100 && line.toString("latin1").trim() === "";
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
