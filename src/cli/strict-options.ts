import type { Command, Option } from "commander";
import { named, usage } from "./options.js";

/** The options that add to what was given before, of some commands only; any other is given once. */
const REPEATABLE: readonly string[] = ["--param", "--depends-on", "worker --name"];

/**
 * Refuses what commander lets pass: an option given twice, of which it takes the last; an empty
 * value, as from `--limit "$unset"`; an option taken for the value of the one before it. And a value
 * that cannot be read is reported with the option's name.
 */
export function strict(command: Command, argv: readonly string[]): void {
  for (const option of command.options) {
    if (option.required) checkValues(option, command, argv);
  }
}

function checkValues(option: Option, command: Command, argv: readonly string[]): void {
  const flag = option.long!;
  const parse = option.parseArg as ((text: string, previous: unknown) => unknown) | undefined;
  let given = false;
  option.argParser((text: string, previous: unknown) => {
    if (given && !isRepeatable(flag, command)) {
      throw usage(`${flag} is given twice`, "Leave one of them out");
    }
    given = true;
    if (text === "" && flag !== "--description") {
      throw usage(
        `${flag} needs a value, and it is empty`,
        "Is a variable of your script not set?",
      );
    }
    if (argv.includes(text) && isOption(text, command)) {
      throw usage(`${flag} needs a value, and ${text} is an option`, `See: ${helpOn(command)}`);
    }
    return parse === undefined ? text : named(flag, () => parse(text, previous));
  });
}

function isRepeatable(flag: string, command: Command): boolean {
  return REPEATABLE.includes(flag) || REPEATABLE.includes(`${command.name()} ${flag}`);
}

function isOption(text: string, command: Command): boolean {
  const options = [...command.options, ...(command.parent?.options ?? [])];
  return options.some((option) => option.long === text || option.short === text);
}

function helpOn(command: Command): string {
  return command.parent === null ? "gigq --help" : `gigq ${command.name()} --help`;
}
