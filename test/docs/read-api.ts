import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PROJECT } from "../support/paths.js";
import { type Statement, statementsOf } from "./statements.js";

/** What users can import, as the emitted declarations tell it. */
export interface Declaration {
  readonly name: string;
  readonly kind: "class" | "function" | "constant" | "interface" | "type";
  /** The file that declares it, as seen from `src`: `job/job.d.ts`. */
  readonly file: string;
  readonly doc: string;
  /** As TypeScript; of a class or interface only what stands before the body. Overloads are several. */
  readonly signatures: readonly string[];
  /** Of a class or interface. */
  readonly members: readonly Member[];
  /** The names of gigq's own that a reader of the signatures meets. */
  readonly mentions: readonly string[];
}

export interface Member {
  readonly name: string;
  readonly doc: string;
  readonly signatures: readonly string[];
}

const DECLARATIONS = join(PROJECT, "dist/src");

/** Everything that `index.ts` exports, in its order. */
export function readApi(): Declaration[] {
  return exportsOf("index.d.ts").flatMap(({ file, name }) => declarationsIn(file, name));
}

function exportsOf(index: string): { file: string; name: string }[] {
  const text = readFileSync(join(DECLARATIONS, index), "utf8");
  return statementsOf(text).flatMap(({ text }) => {
    const [, names, from] = /^export (?:type )?\{([^}]*)\} from "(.+)";$/s.exec(text) ?? [];
    if (names === undefined) throw new Error(`${index} says more than what it exports: ${text}`);
    return words(names).map((name) => ({ file: join(dirname(index), typesOf(from!)), name }));
  });
}

function declarationsIn(file: string, name: string): Declaration[] {
  const statements = statementsOf(readFileSync(join(DECLARATIONS, file), "utf8"));
  const own = statements.filter(({ text }) => declared(text)?.name === name);
  if (own.length === 0) throw new Error(`${file} does not declare ${name}`);
  const known = namesIn(statements);
  const kinds = [...new Set(own.map(({ text }) => declared(text)!.kind))];
  return kinds.map((kind) => {
    const alike = own.filter(({ text }) => declared(text)!.kind === kind);
    const body = kind === "class" || kind === "interface" ? bodyOf(alike[0]!.text) : undefined;
    const signatures = alike.map(({ text }) => headOf(text, body));
    const members = body === undefined ? [] : membersOf(body);
    const all = [...signatures, ...members.flatMap((member) => member.signatures)].join("\n");
    return {
      name,
      kind,
      file,
      doc: own.find(({ text, doc }) => doc !== "" && declared(text)!.kind === kind)?.doc ?? "",
      signatures,
      members,
      mentions: [...known].filter((one) => one !== name && mentions(all, one)),
    };
  });
}

const KINDS: Readonly<Record<string, Declaration["kind"]>> = {
  class: "class",
  function: "function",
  const: "constant",
  interface: "interface",
  type: "type",
};

function declared(text: string): { kind: Declaration["kind"]; name: string } | undefined {
  const [, kind, name] =
    /^(?:export )?(?:declare )?(?:abstract )?(class|function|const|interface|type) (\w+)/.exec(
      text,
    ) ?? [];
  return kind === undefined ? undefined : { kind: KINDS[kind]!, name: name! };
}

/** What the file declares or takes from others of gigq. Symbols that brand a type are left out. */
function namesIn(statements: readonly Statement[]): Set<string> {
  const names = new Set<string>();
  for (const { text } of statements) {
    const [, imported] = /^import (?:type )?\{([^}]*)\} from "\.[^"]*";$/s.exec(text) ?? [];
    for (const name of words(imported ?? "")) names.add(name);
    const own = declared(text);
    if (own !== undefined && !text.includes("unique symbol")) names.add(own.name);
  }
  names.delete("TASK");
  return names;
}

/** Says whether a signature names it, other than as the name of a member or parameter. */
export function mentions(signature: string, name: string): boolean {
  const code = signature.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/"[^"]*"/g, "");
  return new RegExp(`(?<![\\w.])${name}(?![\\w]|\\??:)`).test(code);
}

function bodyOf(text: string): string {
  return text.slice(text.indexOf("{") + 1, text.lastIndexOf("}"));
}

function headOf(text: string, body: string | undefined): string {
  const head = body === undefined ? text : text.slice(0, text.indexOf("{"));
  return head.replace(/^(export )?(declare )?/, "").trim();
}

/** What cannot be named from outside (private names, symbols) is no member. */
function membersOf(body: string): Member[] {
  const members = new Map<string, { name: string; doc: string; signatures: string[] }>();
  for (const { text, doc } of statementsOf(body)) {
    const [, name] =
      /^(?:(?:protected|readonly|static|get|override|abstract) )*("[^"]+"|\w+|\[|#)/.exec(text)!;
    if (name === undefined || name === "[" || name === "#") continue;
    const signature = text.replace(/;$/, "").replace(/^get (\w+)\(\)/, "readonly $1");
    const known = members.get(name);
    if (known !== undefined) known.signatures.push(signature);
    else members.set(name, { name, doc, signatures: [signature] });
  }
  return [...members.values()];
}

function words(list: string): string[] {
  return list
    .split(",")
    .map((name) => name.replace(/\btype\b/, "").trim())
    .filter((name) => name !== "");
}

function typesOf(specifier: string): string {
  return specifier.replace(/\.js$/, ".d.ts");
}
