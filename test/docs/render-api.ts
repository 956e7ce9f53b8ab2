import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { PROJECT } from "../support/paths.js";
import { type Declaration, type Member, mentions } from "./read-api.js";

/** What only those who write a storage engine need of the room of jobs. */
const OF_ENGINES =
  "lifecycle.*#(?!JobStatus$)|.*#(?:JobRecord|Lease|ParentResult|passesFilter|JobFilter)$";

/** The parts of the page, in the order in which a job meets them, by file and name. */
const PARTS: Readonly<Record<string, RegExp>> = {
  "All about jobs": new RegExp(`^job/(?!${OF_ENGINES})`),
  "All about queues and workflows": /^queue\//,
  "All about workers": /^(worker|executor)\//,
  "All about errors and time": /^\w+\.d\.ts#/,
  "All about storage": new RegExp(`^(?:storage/|job/(?:${OF_ENGINES}))`),
};

const KINDS: readonly Declaration["kind"][] = [
  "class",
  "function",
  "constant",
  "interface",
  "type",
];

/** The page of all that users can import: docs/api.md. */
export function renderApi(api: readonly Declaration[]): string {
  const parts = Object.entries(PARTS).map(([title, which]) => ({
    title,
    declarations: api
      .filter(({ file, name }) => which.test(`${file}#${name}`))
      .sort((a, b) => rank(a) - rank(b)),
  }));
  const shown = parts.flatMap(({ declarations }) => declarations);
  const left = api.find((one) => !shown.includes(one));
  if (left !== undefined) throw new Error(`${left.name} of ${left.file} belongs to no part`);
  const known = names(api);
  const contents = parts.map(({ title, declarations }) => {
    const own = [...new Set(declarations.map((one) => one.name))];
    return `- [${title}](${anchor(title)}): ${own.map((name) => linkTo(name, known)).join(" · ")}`;
  });
  return formatted(
    [
      "# API reference",
      'What `import { … } from "gigq"` gives. This page is made from the docstrings by `npm run api`.\nTimes are seconds and moments ISO 8601, unless a name ends in `Ms`.',
      contents.join("\n"),
      ...parts.map(({ title, declarations }) => `## ${title}\n\n${sections(declarations, api)}`),
    ].join("\n\n"),
  );
}

/** Classes and functions come first; of storage, the interface that all the rest is about. */
function rank({ name, kind }: Declaration): number {
  return name === "Storage" ? -1 : KINDS.indexOf(kind);
}

/** A constant and a type of one name share a heading. */
function sections(declarations: readonly Declaration[], api: readonly Declaration[]): string {
  const known = names(api);
  const own = [...new Set(declarations.map((one) => one.name))];
  return own
    .map((name) => {
      const alike = declarations.filter((one) => one.name === name);
      return [`### ${heading(name, known)}`, ...alike.map((one) => section(one, api))].join("\n\n");
    })
    .join("\n\n");
}

function section(one: Declaration, api: readonly Declaration[]): string {
  const known = names(api);
  const own = one.signatures.join("\n");
  const hasBody = one.kind === "class" || one.kind === "interface";
  const parts = [
    prose(one.doc, known, one.name),
    code(hasBody ? `${own} {}` : one.signatures.join("\n")),
    seeAlso(own, known, one.name),
    one.members.map((member) => bullet(member, known, one.name)).join("\n"),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function bullet({ signatures, doc }: Member, known: ReadonlySet<string>, own: string): string {
  const shown = signatures.map((signature) => `\`${oneLine(signature)}\``).join(" <br> ");
  const [first = "", ...others] = prose(doc, known, own).split("\n\n");
  const links = seeAlso(signatures.join("\n"), known, own);
  const lines = [[first, ...others].join("\n\n  "), links].filter((part) => part !== "");
  return [`- ${shown}`, ...lines].join("\n  ");
}

/** Marks a block that is formatted later, all at once. */
function code(text: string): string {
  return `\`\`\`ts\n${text}\n\`\`\``;
}

function oneLine(signature: string): string {
  return signature
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/;? \}/g, " }");
}

function seeAlso(signature: string, known: ReadonlySet<string>, own: string): string {
  const met = [...known].filter((name) => name !== own && mentions(signature, name));
  return met.length === 0 ? "" : `→ ${met.map((name) => linkTo(name, known)).join(", ")}`;
}

/** A name in backticks becomes a link when it is on the page; what looks like HTML is shown as it is. */
function prose(doc: string, known: ReadonlySet<string>, own: string): string {
  return doc
    .split(/(`[^`]*`)/)
    .map((part) => {
      if (!part.startsWith("`")) return part.replaceAll("<", "&lt;");
      const [, name] = /^`(\w+)(?:\.\w+)?`$/.exec(part) ?? [];
      return name !== undefined && name !== own && known.has(name)
        ? `[${part}](${anchor(heading(name, known))})`
        : part;
    })
    .join("");
}

function names(api: readonly Declaration[]): Set<string> {
  return new Set(api.map((one) => one.name));
}

function linkTo(name: string, known: ReadonlySet<string>): string {
  return `[${name}](${anchor(heading(name, known))})`;
}

/** Anchors know no capitals: of `task` and `Task`, the type says that it is one. */
function heading(name: string, known: ReadonlySet<string>): string {
  const first = name[0]!.toLowerCase();
  return first !== name[0] && known.has(first + name.slice(1)) ? `${name} (type)` : name;
}

function anchor(heading: string): string {
  return `#${heading.toLowerCase().replaceAll(" ", "-").replaceAll(/[()]/g, "")}`;
}

const SEPARATOR = "// ———";

/** The page, with its blocks of TypeScript laid out as the source is. */
function formatted(page: string): string {
  const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)\n```$/gm)].map(([, text]) => text!);
  const biome = join(PROJECT, "node_modules/.bin/biome");
  const { stdout, stderr, status } = spawnSync(
    biome,
    ["format", "--stdin-file-path=api.d.ts", "--line-width=90"],
    { cwd: PROJECT, encoding: "utf8", input: blocks.join(`\n${SEPARATOR}\n`) },
  );
  if (status !== 0) throw new Error(`the declarations could not be formatted: ${stderr}`);
  const laidOut = stdout.split(SEPARATOR).map((text) => text.trim().replace(/ \{\}$/, ""));
  return `${page.replaceAll(/^```ts\n[\s\S]*?\n```$/gm, () => code(laidOut.shift()!))}\n`;
}
