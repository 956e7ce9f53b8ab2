/** A piece of a declaration file that ends with `;` or a body, with the docstring before it. */
export interface Statement {
  readonly doc: string;
  readonly text: string;
}

/** Takes the text of a declaration file, or of the body of a class or interface, apart. */
export function statementsOf(text: string): Statement[] {
  const found: Statement[] = [];
  let doc = "";
  let start = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (text.startsWith("/*", at)) {
      const end = text.indexOf("*/", at) + 2;
      if (text.slice(start, at).trim() === "") {
        doc = text.slice(at, end);
        start = end;
      }
      at = end - 1;
    } else if (text.startsWith("//", at)) at = text.indexOf("\n", at);
    else if (`"'\``.includes(character)) at = endOfString(text, at);
    else if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) depth -= 1;
    if (depth > 0 || !";}".includes(character)) continue;
    const statement = text.slice(start, at + 1).trim();
    // A brace may close a type that goes on; only that of a class or interface ends it.
    if (
      character === "}" &&
      !/^(export )?(declare )?(abstract )?(class|interface)\b/.test(statement)
    )
      continue;
    if (statement !== ";") found.push({ doc: plain(doc), text: statement });
    doc = "";
    start = at + 1;
  }
  return found;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== text[start]) at += text[at] === "\\" ? 2 : 1;
  return at;
}

/** A docstring without its stars; its paragraphs are lines, between empty ones. */
function plain(doc: string): string {
  return doc
    .replace(/^\/\*\*?/, "")
    .replace(/\*\/$/, "")
    .split("\n")
    .map((line) => line.trim().replace(/^\*\s?/, ""))
    .join("\n")
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replaceAll("\n", " "))
    .join("\n\n");
}
