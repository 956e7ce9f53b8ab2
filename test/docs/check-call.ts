import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { PROJECT } from "../support/paths.js";

interface CommandModule {
  describe(command: Command): void;
}

const COMMANDS: readonly string[] = readdirSync(join(PROJECT, "src/cli/commands")).map((file) =>
  file.replace(/\.ts$/, ""),
);

/** What is wrong with the words behind `gigq`: `undefined` for a call that can be read. */
export async function faultOf(words: readonly string[]): Promise<string | undefined> {
  const program = new Command().option("--db <path>").option("--json").option("--debug");
  const { operands, unknown } = program.option("-V, --version").parseOptions([...words]);
  const [name, ...rest] = [...operands, ...unknown];
  if (name === undefined || name === "--help") return undefined;
  if (name === "help") return rest[0] === undefined || isKnown(rest[0]) ? undefined : "no command";
  if (!isKnown(name)) return `there is no command ${name}`;
  const { describe }: CommandModule = await import(`../../src/cli/commands/${name}.js`);
  const command = new Command(name).option("-h, --help");
  describe(command);
  try {
    const parsed = command.parseOptions(rest);
    const [flag] = parsed.unknown;
    if (flag !== undefined) return `${name} has no option ${flag}`;
    const needed = command.registeredArguments.filter(({ required }) => required).length;
    return parsed.operands.length < needed ? `${name} needs an argument` : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function isKnown(name: string): boolean {
  return COMMANDS.includes(name);
}
