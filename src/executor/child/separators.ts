import { fstatSync, writeSync } from "node:fs";
import type { Socket } from "node:net";
import type { StandardStream } from "../attribution.js";
import { Separator } from "../separator.js";

/** No attempt that is shorter can have run a program. */
const SHORT_MS = 0.5;

/** How often, in milliseconds, a stream that takes nothing just now is tried again. */
const RETRIES = 1_000;

const STREAMS = [
  ["stdout", 1],
  ["stderr", 2],
] as const;

/** A child process's side of `Attribution`: writes separators where attempts may have written. */
export class Separators {
  readonly #separator: Separator;
  readonly #streams: readonly WatchedStream[];

  constructor(token: string) {
    this.#separator = new Separator(token);
    this.#streams = STREAMS.map(([name, fd]) => new WatchedStream(name, fd));
  }

  /**
   * Ends the output of an attempt that took `ms`. Answers in which streams there is a separator
   * now; an attempt that was short and wrote nothing costs nothing.
   */
  cut(n: number, ms: number): StandardStream[] | undefined {
    const streams = this.#streams.filter((stream) => ms >= SHORT_MS || stream.wasWritten);
    if (streams.length === 0) return undefined;
    const bytes = this.#separator.after(n);
    return streams.filter((stream) => stream.write(bytes)).map(({ name }) => name);
  }
}

/** A standard stream that is not loaded before somebody uses it: that costs milliseconds. */
class WatchedStream {
  readonly name: StandardStream;
  readonly #fd: number;
  readonly #inode: number;
  #stream: Socket | undefined;
  #bytesSeen = 0;

  constructor(name: StandardStream, fd: number) {
    this.name = name;
    this.#fd = fd;
    this.#inode = fstatSync(fd).ino;
    const { get, ...property } = Object.getOwnPropertyDescriptor(process, name)!;
    Object.defineProperty(process, name, {
      ...property,
      get: () => {
        this.#stream ??= blocking(get!.call(process) as Socket);
        return this.#stream;
      },
    });
  }

  /** JavaScript has written to it since the last separator. */
  get wasWritten(): boolean {
    return this.#stream !== undefined && this.#stream.bytesWritten !== this.#bytesSeen;
  }

  /** False when it is closed, or its number is another file's by now. */
  write(bytes: Buffer): boolean {
    if (!this.#isOpen()) return false;
    // Then it could not be made blocking, and what waits in it goes first.
    if (this.#stream !== undefined && this.#stream.writableLength > 0) this.#stream.write(bytes);
    else if (!writeWhole(this.#fd, bytes)) return false;
    this.#bytesSeen = this.#stream?.bytesWritten ?? 0;
    return true;
  }

  #isOpen(): boolean {
    try {
      return fstatSync(this.#fd).ino === this.#inode;
    } catch {
      return false;
    }
  }
}

/**
 * What is written is in the pipe when the call returns. Else a job that prints much would fill its
 * memory, and what waits there would be lost when it exits or is killed.
 */
function blocking(stream: Socket): Socket {
  (stream as { _handle?: { setBlocking?(on: boolean): void } })._handle?.setBlocking?.(true);
  return stream;
}

function writeWhole(fd: number, bytes: Buffer): boolean {
  let retries = RETRIES;
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      // A program that shares the stream may have made it non-blocking.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN" || retries-- === 0) return false;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
  return true;
}
