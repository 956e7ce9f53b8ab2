/** What all names that a pattern matches begin with. */
export function literalPrefix(pattern: string): string {
  return pattern.slice(0, pattern.search(/[*?]/));
}

/**
 * The first text, in SQLite's order, after all those that begin with `prefix`. Where there is none
 * it is an empty blob, which comes after every text.
 */
export function endOfPrefix(prefix: string): string | Buffer {
  for (let characters = [...prefix]; characters.length > 0; ) {
    const next = nextCharacter(characters.pop()!);
    if (next !== undefined) return characters.join("") + next;
  }
  return Buffer.alloc(0);
}

const LAST = 0x10ffff;

/** In the order of UTF-8, which has no halves of characters. */
function nextCharacter(character: string): string | undefined {
  const point = character.codePointAt(0)!;
  if (point >= LAST) return undefined;
  return String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1);
}

/** For SQLite's GLOB, to which a bracket is special too. */
export function globOf(pattern: string): string {
  return pattern.replaceAll("[", "[[]");
}
