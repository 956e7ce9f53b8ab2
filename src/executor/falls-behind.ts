/** What waits behind an attempt that takes longer than this is taken back for others to run. */
export const FALLS_BEHIND_MS = 50;
