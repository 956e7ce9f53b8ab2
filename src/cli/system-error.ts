import { type ErrorCode, GigqError } from "../client.js";

const FILES = "Raise the limit on open files (ulimit -n), or close other programs, and try again";
const MEMORY = "Free some memory, or raise the limits on memory and processes, and try again";
const SPACE = "Free some space, or raise the quota, and try again";
const PERMISSIONS = "Check the owner and the mode of what is named, and what this user may do";

/** What a system refuses without any fault of gigq's; of a full disk it has been said before. */
const REFUSALS: Readonly<Record<string, readonly [code: ErrorCode, hint: string]>> = {
  EMFILE: ["exhausted", FILES],
  ENFILE: ["exhausted", FILES],
  ENOMEM: ["exhausted", MEMORY],
  EAGAIN: ["exhausted", MEMORY],
  ENOSPC: ["disk-full", SPACE],
  EDQUOT: ["disk-full", SPACE],
  EIO: ["system-refused", "Check the disk, and what the system has logged about it"],
  EACCES: ["system-refused", PERMISSIONS],
  EPERM: ["system-refused", PERMISSIONS],
  EROFS: ["system-refused", "Check how the disk is mounted: it can be read, and not written"],
};

/**
 * An error of the machine, said as one, with the stack of where it came up; `undefined` for every
 * other error.
 */
export function systemError(error: unknown): GigqError | undefined {
  if (!(error instanceof Error) || error instanceof GigqError) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== "string" || !Object.hasOwn(REFUSALS, code)) return undefined;
  const [kind, hint] = REFUSALS[code]!;
  const said = error.message.includes(code) ? error.message : `${code}: ${error.message}`;
  const shown = new GigqError(kind, `the system refused: ${said}`, { hint, cause: error });
  if (error.stack !== undefined) shown.stack = error.stack;
  return shown;
}
