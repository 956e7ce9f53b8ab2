import type { CommanderError } from "commander";
import { GigqError } from "../client.js";

/** What commander said about a call, as one of our errors with a way out. */
export function usageError(error: CommanderError, command: string | undefined): GigqError {
  const help = `See: gigq ${command === undefined ? "--help" : `${command} --help`}`;
  switch (error.code) {
    case "commander.help":
      return usage("no command is named", help);
    case "commander.missingArgument":
      return usage("no job is named", `Give numbers or ids, as in: gigq ${command} 42`);
    case "commander.optionMissingArgument":
      return usage(`${/--[\w-]+/.exec(error.message)} needs a value`, help);
    default: {
      // `error: unknown option '--stauts'`, and on a second line `(Did you mean --status?)`
      const said = error.message.replace(/^error: /, "");
      const [, message, guess] = /^(.*?)(?:\n\((Did you mean .*)\))?$/s.exec(said)!;
      return usage(quoted(message!), guess === undefined ? help : `${guess} ${help}`);
    }
  }
}

function quoted(message: string): string {
  return message.replace(/'(.*)'/s, '"$1"');
}

function usage(message: string, hint: string): GigqError {
  return new GigqError("usage", message, { hint });
}
