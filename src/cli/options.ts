import { GigqError, JobStatus } from "../client.js";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** Ten years, in seconds: nobody means more than that. */
export const LONGEST_SECONDS = 315_360_000;

/** Seconds out of `90s`, `15m`, `1h30m`, `7d`, `1.5h`, `200ms`, or a bare number of `bareUnit`. */
export function parseDuration(
  text: string,
  bareUnit: "s" | "d" = "s",
  longest: number = LONGEST_SECONDS,
): number {
  const seconds = secondsOf(text, bareUnit);
  if (seconds === undefined) {
    throw usage(
      `"${text}" is no duration`,
      "Give a number with a unit, as in 90s, 15m, 1h30m or 7d",
    );
  }
  if (seconds <= longest) return seconds;
  throw usage(`"${text}" is too long`, `The longest is ${Math.floor(longest / 86_400)}d`);
}

function secondsOf(text: string, bareUnit: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * UNITS[bareUnit]!;
  if (/^\d+(\.\d+)?ms$/.test(text)) return Number.parseFloat(text) / 1000;
  if (!/^(\d+(\.\d+)?[smhdw])+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)([smhdw])/g)) {
    seconds += Number(number) * UNITS[unit!]!;
  }
  return seconds;
}

/** A duration of a millisecond at least. */
export function parsePositive(
  text: string,
  orElse = "",
  longest: number = LONGEST_SECONDS,
): number {
  const seconds = parseDuration(text, "s", longest);
  if (seconds >= 0.001) return seconds;
  throw usage(`"${text}" is too short`, `Give more, as in 0.5s or 15m${orElse}`);
}

/** How long a job may run, or `none` for no limit. (Commander would make "" out of null.) */
export function parseTimeout(text: string): number | "none" {
  return text === "none" ? text : parsePositive(text, ", or none for no limit");
}

const SIZES: Readonly<Record<string, number>> = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** Bytes out of `512M`, `1.5G`, `800K` (of 1024 each), or a bare number of bytes. */
export function parseSize(text: string, least = 0): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([KMG]?)$/i.exec(text) ?? [];
  const bytes = Math.round(Number(number) * SIZES[unit?.toUpperCase() ?? ""]!);
  if (!Number.isSafeInteger(bytes)) {
    throw usage(`"${text}" is no size`, "Give a number with a unit, as in 512M, 1.5G or 800K");
  }
  if (bytes >= least) return bytes;
  throw usage(`"${text}" is too small`, `The smallest is ${least / SIZES.M!}M`);
}

/** A moment, ms UTC: an age before now (`7d`, `12h`, a bare number of days) or a date. */
export function parseBefore(text: string, nowMs: number): number {
  if (/^[\d.]/.test(text) && !/^\d{4}-/.test(text)) {
    try {
      return nowMs - parseDuration(text, "d") * 1000;
    } catch {
      throw noTime(text);
    }
  }
  return parseDate(text) ?? fail(noTime(text));
}

/** A moment as ISO 8601, for `--at`. Without a zone it is local time, as a clock on the wall. */
export function parseAt(text: string): string {
  const ms = parseDate(text);
  if (ms !== undefined) return new Date(ms).toISOString();
  throw usage(
    `"${text}" is no time`,
    "Give ISO 8601, as in 2026-11-22T08:00 or 2026-11-22T08:00:00Z",
  );
}

const DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

function parseDate(text: string): number | undefined {
  if (!DATE.test(text) || !isDay(text.slice(0, 10))) return undefined;
  // A bare date is midnight here, not in Greenwich.
  const ms = Date.parse(text.length === 10 ? `${text}T00:00` : text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** `Date` takes the 30th of February for the 2nd of March. */
function isDay(date: string): boolean {
  const midnight = new Date(`${date}T00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}

export function parseWhole(text: string, least: number, most: number = 2 ** 31 - 1): number {
  if (!/^[+-]?\d+$/.test(text)) throw usage(`"${text}" is no whole number`, "For example: 10");
  const number = Number(text);
  if (number < least) throw usage(`${text} is too small`, `The smallest is ${least}`);
  if (number > most) throw usage(`${text} is too large`, `The largest is ${most}`);
  return number;
}

/** `k=v`: the value is JSON if it parses as JSON, and else the text itself. */
export function parseParam(
  text: string,
  params: Record<string, unknown> = {},
): Record<string, unknown> {
  const at = text.indexOf("=");
  if (at <= 0)
    throw usage(`"${text}" is no parameter`, "Give a name and a value, as in -p file=a.png");
  const value = text.slice(at + 1);
  return { ...params, [text.slice(0, at)]: parseJson(value) ?? (value === "null" ? null : value) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The JSON of `--params`. */
export function parseParams(json: string): Record<string, unknown> {
  const parsed = parseJson(json);
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
    return parsed as Record<string, unknown>;
  }
  throw usage(
    `--params is no JSON object: ${json.trim().slice(0, 60) || "(empty)"}`,
    `For example: --params '{"file":"a.png"}', or --params @params.json`,
  );
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A job's number (`42` or `#42`) or id. */
export function parseRef(text: string): number | string {
  if (/^#?[1-9]\d{0,14}$/.test(text)) return Number(text.replace("#", ""));
  if (UUID.test(text)) return text.toLowerCase();
  throw usage(
    `"${text}" is no job id`,
    "Give a job's number, as in 42, or its id; gigq list shows both",
  );
}

const STATUSES: readonly string[] = Object.values(JobStatus);

/** Statuses, separated by commas. */
export function parseStatuses(text: string): JobStatus[] {
  return text.split(",").map((word) => {
    const status = word.trim();
    if (STATUSES.includes(status)) return status as JobStatus;
    throw usage(`there is no status "${status}"`, `Choose among: ${STATUSES.join(", ")}`);
  });
}

export function parseChoice<T extends string>(
  text: string,
  what: string,
  choices: readonly T[],
): T {
  if (choices.includes(text as T)) return text as T;
  throw usage(`there is no ${what} "${text}"`, `Choose among: ${choices.join(", ")}`);
}

/** Adds to a list of jobs: for options that may be given several times, or with commas. */
export function parseRefs(
  text: string,
  list: readonly (number | string)[] = [],
): (number | string)[] {
  return [...list, ...text.split(",").map((item) => parseRef(item.trim()))];
}

/** Adds to a list of texts, for options that may be given several times. */
export function parseList(text: string, list: readonly string[] = []): string[] {
  return [...list, text];
}

/** Says of a value that cannot be read which flag it was given with. */
export function named<T>(flag: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof GigqError)) throw error;
    const { code, message, hint, cause } = error;
    throw new GigqError(code, `${flag}: ${message}`, { ...(hint && { hint }), cause });
  }
}

export function usage(message: string, hint: string): GigqError {
  return new GigqError("usage", message, { hint });
}

function noTime(text: string): GigqError {
  return usage(`"${text}" is no time`, "Give an age (7d, 12h, 90m) or a date (2026-11-01)");
}

function fail(error: GigqError): never {
  throw error;
}
