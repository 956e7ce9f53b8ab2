// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences.
const COLOUR = /\x1b\[[0-9;]*m/g;
/** Characters that take two cells, near enough for a table. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/gu;
const MARKS = /\p{Mn}|\u200d|\ufe0f/gu;

/** How many cells of a terminal a text takes. */
export function displayWidth(text: string): number {
  const bare = text.replaceAll(COLOUR, "").replaceAll(MARKS, "");
  return [...bare].length + (bare.match(WIDE)?.length ?? 0);
}

/** As much of a text without colours as fits into so many cells; "…" stands for the rest. */
export function cutToWidth(text: string, cells: number): string {
  if (displayWidth(text) <= cells) return text;
  if (cells < 1) return "";
  let kept = "";
  let left = cells - 1;
  for (const character of text) {
    left -= displayWidth(character);
    if (left < 0) break;
    kept += character;
  }
  return `${kept}…`;
}
