import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { GigqError } from "../errors.js";
import type { Traces } from "../executor/executor.js";
import {
  CHILDREN_PIPE,
  folderOf,
  standingOf,
  WORKER_KEY,
  WORKER_PIPE,
} from "../storage/standing.js";
import type { Storage, WorkerRecord } from "../storage/storage.js";

type Place = Pick<Storage, "meetingPlace" | "identity">;

/** What all processes of a worker's jobs carry; another word for the worker of that key in a copy. */
export function tagOf({ identity }: Pick<Storage, "identity">, key: string): string {
  return `${key}@${identity}`;
}

/** This worker's sign of life, and the place for what its executor leaves. */
export class Presence {
  readonly traces: Traces;
  readonly #meetingPlace: string;
  readonly #key: string;
  readonly #workerFd: number;
  #ended = false;

  /** Rejects with `storage-failed` where the folder or its pipes cannot be made, or with `exhausted`. */
  static async begin(place: Place, key: string): Promise<Presence> {
    const { meetingPlace } = place;
    const folder = join(meetingPlace, key);
    const pipes = [join(folder, WORKER_PIPE), join(folder, CHILDREN_PIPE)] as const;
    const opened: number[] = [];
    try {
      makeFolder(folder);
      await promisify(execFile)("mkfifo", ["-m", "600", ...pipes]);
      for (const pipe of pipes) opened.push(openSync(pipe, READ_END));
      const [workerFd, fd] = opened as [number, number];
      return new Presence(meetingPlace, key, workerFd, { tag: tagOf(place, key), folder, fd });
    } catch (cause) {
      for (const fd of opened) closeSync(fd);
      removeTraces(meetingPlace, key);
      throw noPipes(folder, cause as NodeJS.ErrnoException);
    }
  }

  private constructor(meetingPlace: string, key: string, workerFd: number, traces: Traces) {
    this.#meetingPlace = meetingPlace;
    this.#key = key;
    this.#workerFd = workerFd;
    this.traces = traces;
  }

  /** The worker is no more. What it leaves tells others what had begun. */
  end({ leavesTraces }: { leavesTraces: boolean }): void {
    if (this.#ended) return;
    this.#ended = true;
    closeSync(this.#workerFd);
    closeSync(this.traces.fd);
    if (!leavesTraces) removeTraces(this.#meetingPlace, this.#key);
  }
}

function noPipes(folder: string, cause: NodeJS.ErrnoException): GigqError {
  const isExhausted = ["EMFILE", "ENFILE", "EAGAIN"].includes(cause.code ?? "");
  return new GigqError(
    isExhausted ? "exhausted" : "storage-failed",
    `the worker could not make its pipes in ${folder}: ${cause.message.trim()}`,
    {
      hint: isExhausted
        ? "Raise the limit on open files and processes (ulimit -n, -u), and try again"
        : "It needs to write there, and the program mkfifo (coreutils or busybox)",
      cause,
    },
  );
}

/** Removes what a worker has left in the meeting place, and that too when it was the last. */
export function removeTraces(meetingPlace: string, key: string): void {
  const folder = folderOf(meetingPlace, key);
  if (folder === undefined) return;
  try {
    rmSync(folder, { recursive: true, force: true });
    rmdirSync(meetingPlace);
  } catch {
    // Others are there still; or the disk is in trouble, and litter is the least of it.
  }
}

/** A worker that died while it came or went may leave a folder that nobody knows of. */
const STRAY_MS = 3_600_000;

/** Removes the folders of workers that are neither known nor alive. */
export function removeStrays(meetingPlace: string, known: ReadonlySet<string>, now: number): void {
  for (const key of foldersOf(meetingPlace)) {
    if (known.has(key) || standingOf(meetingPlace, key) !== "gone") continue;
    const mtimeMs = changedAt(join(meetingPlace, key));
    if (mtimeMs !== undefined && now - mtimeMs > STRAY_MS) removeTraces(meetingPlace, key);
  }
}

/** `undefined` where it is gone, or cannot be looked at: no worker fails for another's litter. */
function changedAt(folder: string): number | undefined {
  try {
    return statSync(folder).mtimeMs;
  } catch {
    return undefined;
  }
}

/** A name for a worker that nobody gave one: the host, and some random digits. */
export function makeWorkerId(): string {
  const host = hostname()
    .split(".")[0]!
    .replaceAll(/[^\w-]/g, "")
    .slice(0, 24);
  return `${host || "worker"}-${randomBytes(3).toString("hex")}`;
}

/** What other workers need to know of this one. */
export function identify(said: Omit<WorkerRecord, "key" | "host" | "pid">): WorkerRecord {
  const key = randomBytes(6).toString("hex");
  return { key, host: hostname(), pid: process.pid, ...said };
}

/** The folder that children run in unless told otherwise. */
export function defaultRoot(): string {
  return process.cwd();
}

const READ_END = constants.O_RDONLY | constants.O_NONBLOCK;

/** Another worker may be removing the place as the last one there. */
function makeFolder(folder: string): void {
  for (let tries = 1; ; tries++) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || tries >= 5) throw error;
    }
  }
}

function foldersOf(meetingPlace: string): string[] {
  try {
    return readdirSync(meetingPlace).filter((name) => WORKER_KEY.test(name));
  } catch {
    return [];
  }
}
