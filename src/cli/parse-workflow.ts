import { GigqError } from "../index.js";
import { usage } from "./options.js";

/** What a workflow file holds. */
export interface ParsedWorkflow {
  readonly content: unknown;
  /** The names of the steps in the order of the file; an object has its numbers first. */
  readonly order: readonly string[];
}

/**
 * Reads JSON or YAML, with anchors and merge keys. Throws `usage` for what is neither, with where
 * it is wrong, and for a name that stands twice where it may stand once.
 */
export async function parseWorkflow(
  text: string,
  file: string,
  example: string,
): Promise<ParsedWorkflow> {
  // YAML contains JSON, but its parser takes a hundred times as long.
  if (text.trimStart().startsWith("{")) {
    try {
      return parseJson(text, file);
    } catch (error) {
      // YAML has braces too; and its parser says where something is wrong.
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return parseYaml(text, file, example);
}

function parseJson(text: string, file: string): ParsedWorkflow {
  const content = JSON.parse(text);
  const order: string[] = [];
  const open: { key?: string; keys: Set<string> }[] = [];
  // In JSON a text is a key when a colon follows.
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{" || character === "[") open.push({ keys: new Set() });
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const start = at;
      while (text[++at] !== '"') if (text[at] === "\\") at += 1;
      if (!/^\s*:/.test(text.slice(at + 1, at + 100))) continue;
      const top = open.at(-1)!;
      const key = JSON.parse(text.slice(start, at + 1)) as string;
      if (top.keys.has(key)) throw twice(file, key, text.slice(0, start).split("\n").length);
      top.keys.add(key);
      top.key = key;
      if (open.length === 2 && open[0]!.key === "steps") order.push(key);
    }
  }
  return { content, order };
}

async function parseYaml(text: string, file: string, example: string): Promise<ParsedWorkflow> {
  const { isMap, isScalar, LineCounter, parseDocument, visit } = await import("yaml");
  const lines = new LineCounter();
  const document = parseDocument(text, {
    merge: true,
    logLevel: "error",
    lineCounter: lines,
    // It would compare each with each.
    uniqueKeys: false,
  });
  const [wrong] = [...document.errors, ...document.warnings];
  if (wrong?.code === "MULTIPLE_DOCS") {
    throw usage(`${file} holds several documents`, "Give each workflow a file of its own");
  }
  if (wrong !== undefined) throw noYaml(wrong, file, example);
  const nameOf = (key: unknown) => String((isScalar(key) ? key.value : key) ?? "");
  visit(document, {
    Map(_, { items }) {
      const keys = new Set<string>();
      for (const { key } of items) {
        const name = nameOf(key);
        if (keys.has(name)) throw twice(file, name, lines.linePos(offsetOf(key)).line);
        keys.add(name);
      }
    },
  });
  const steps = document.has("steps") ? document.get("steps") : undefined;
  const order = isMap(steps) ? steps.items.map(({ key }) => nameOf(key)) : [];
  try {
    return { content: document.toJS(), order };
  } catch (cause) {
    // Aliases of aliases, to blow it up.
    throw noYaml(cause as Error, file, example);
  }
}

function offsetOf(key: unknown): number {
  return (key as { range?: readonly number[] | null }).range?.[0] ?? 0;
}

function twice(file: string, name: string, line: number): GigqError {
  return usage(
    `${file} has "${name}" twice in one place, the second time on line ${line}`,
    "Give each a name of its own",
  );
}

function noYaml(cause: Error, file: string, example: string): GigqError {
  const [why] = cause.message.split("\n");
  return new GigqError("usage", `${file} is neither JSON nor YAML: ${why!.replace(/:$/, "")}`, {
    hint: `For example: ${example}`,
    cause,
  });
}
