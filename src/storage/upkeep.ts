/** What keeps a queue small and safe; a part of `Storage`. */
export interface Upkeep {
  /**
   * Gives at most `pages` pages of space that removed jobs have left back to the file system. Some
   * queues can only reuse it; that is no error. With 0 it only answers. What a page is, the engine
   * says: so much that moving some hundreds of them takes milliseconds.
   */
  shrink(pages: number): Promise<Shrunk>;

  /**
   * Writes a copy of everything, as it is at one moment, into a new file that only its owner can
   * read (mode 0600); others may go on working. What is in the file is the engine's own affair. The file is complete and on the disk, or is not there: `usage`
   * where one is there already and `replace` is not set, `unusable-path` or `disk-full`, or the
   * reason of the signal.
   */
  backup(path: string, options: BackupOptions): Promise<Backup>;
}

/** What came of giving space back. */
export interface Shrunk {
  /** What was given back now, bytes. */
  readonly givenBytes: number;
  /** What is left unused for later jobs, bytes. */
  readonly leftBytes: number;
  /** True when another call would give more back. */
  readonly more: boolean;
  /** How long others had to wait before they could write, ms. */
  readonly heldMs: number;
}

/** How a copy is to be made. */
export interface BackupOptions {
  /** Whether a file that is there may be replaced. */
  readonly replace: boolean;
  /** Once it has fired, there will be no copy: rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A copy of a queue. */
export interface Backup {
  /** The file, absolute. */
  readonly path: string;
  /** How many jobs are in it. */
  readonly jobs: number;
  /** Its size. */
  readonly bytes: number;
}
