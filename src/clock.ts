import { randomFillSync } from "node:crypto";

/** Where time comes from. Tests hand in one of their own and move it. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Calls `action` once after `ms` milliseconds; the answer takes that back. */
  after(ms: number, action: () => void): () => void;
}

/** The longest delay that a Node timer carries, in milliseconds; about 24.8 days. */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, Math.min(Math.max(0, ms), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

const random = new Uint8Array(4096);
let randomUsed = random.length;
let lastMs = 0;
let counter = 0;

/**
 * A UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, a 12-bit counter, 62 random bits.
 * Ids made by one process sort in the order they were made.
 */
export function newId(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = 0;
  } else if (++counter > 0xfff) {
    lastMs += 1;
    counter = 0;
  }
  const time = lastMs.toString(16).padStart(12, "0");
  const noise = randomHex(8);
  const variant = (0x8 | (Number.parseInt(noise[0]!, 16) & 0x3)).toString(16);
  return (
    `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, "0")}-` +
    `${variant}${noise.slice(1, 4)}-${noise.slice(4)}`
  );
}

/** As many random bytes as asked, in hexadecimal, taken from a pool that is refilled at once. */
function randomHex(bytes: number): string {
  if (randomUsed + bytes > random.length) {
    randomFillSync(random);
    randomUsed = 0;
  }
  let text = "";
  for (const end = randomUsed + bytes; randomUsed < end; randomUsed++) {
    text += BYTE_HEX[random[randomUsed]!];
  }
  return text;
}

const BYTE_HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);
