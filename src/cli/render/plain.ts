/** Escape sequences, whole, so that their parameters do not stay behind as text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about.
const SEQUENCES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])/g;

/** Control characters of both sets, and those that turn the direction of text around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about.
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** JSON in which control characters are escapes, also those that JSON itself would let through. */
export function plainJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replaceAll(
    CONTROLS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** What a user wrote, made harmless for a terminal. Line breaks and tabs stay. */
export function plain(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(SEQUENCES, "").replaceAll(CONTROLS, "");
}

/** The same in one line. */
export function plainLine(text: string): string {
  return plain(text)
    .replaceAll(/\s*\n\s*|\t/g, " ")
    .trim();
}

/** The first line only: of an error, its message without the stack. */
export function firstLine(text: string): string {
  return plainLine(text.slice(0, 2_000).split("\n", 1)[0]!);
}
