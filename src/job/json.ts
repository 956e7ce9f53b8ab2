/** Params, and results, may be this long as JSON, in characters. Larger things belong in files. */
export const LARGEST_JSON: number = 16 * 1024 * 1024;

/** So many arrays and objects may stand in each other. SQLite's functions for JSON take no more. */
export const DEEPEST_JSON = 1_000;

/** Says whether a text that is JSON is nested deeper than what all of its readers can take. */
export function isTooDeep(json: string): boolean {
  // A level takes two characters.
  if (json.length <= 2 * DEEPEST_JSON) return false;
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '"') at = endOfString(json, at);
    else if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth -= 1;
    if (depth > DEEPEST_JSON) return true;
  }
  return false;
}

/** Where the quote stands that closes the one at `start`. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json[end - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}

/** Says whether a text is JSON that may be stored, and read again by everybody. */
export function isKeepable(text: string): boolean {
  if (text.length > LARGEST_JSON) return false;
  try {
    JSON.parse(text);
    return !isTooDeep(text);
  } catch {
    return false;
  }
}

/** Says whether that is what `JSON.stringify` throws for want of stack. */
export function isStackOverflow(thrown: unknown): boolean {
  return thrown instanceof RangeError && /call stack/i.test(thrown.message);
}
