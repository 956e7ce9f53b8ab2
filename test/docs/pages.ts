import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../support/paths.js";

/** A page of the documentation, as seen from the project's folder: `docs/jobs.md`. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/**
 * A fenced block. A comment in the line before it says what it is for: `<!-- file: jobs.ts -->`, or
 * a first line `// jobs.ts`, that others on the page import it under that name;
 * `<!-- run: submit.ts -->` that the tests run it too; and `<!-- run -->` that they run the commands
 * of a console and compare what is shown.
 */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** Where it begins, for messages: `docs/jobs.md:12`. */
  readonly at: string;
  readonly file: string | undefined;
  readonly isRun: boolean;
}

/** The README, and all pages of docs/. */
export function readPages(): Page[] {
  const docs = readdirSync(join(PROJECT, "docs")).filter((name) => name.endsWith(".md"));
  return ["README.md", ...docs.map((name) => `docs/${name}`)].map(readPage);
}

export function readPage(path: string): Page {
  return { path, text: readFileSync(join(PROJECT, path), "utf8") };
}

export function blocksOf({ path, text }: Page): Block[] {
  const fences = text.matchAll(
    /^(?:<!-- (file|run)(?:: (\S+))? -->\n)?```(\w*)\n([\s\S]*?)^```$/gm,
  );
  return [...fences].map(({ 1: word, 2: file, 3: language, 4: body, index }) => ({
    language: language!,
    text: body!,
    at: `${path}:${text.slice(0, index).split("\n").length}`,
    file: file ?? /^\/\/ (\S+\.\w+)\n/.exec(body!)?.[1],
    isRun: word === "run",
  }));
}

/** Without its blocks, and without what stands in backticks. */
export function proseOf({ text }: Page): string {
  return text.replaceAll(/^```[\s\S]*?^```$/gm, "").replaceAll(/`[^`\n]*`/g, "");
}
