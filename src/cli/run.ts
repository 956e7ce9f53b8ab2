import { Command, CommanderError } from "commander";
import { GigqError } from "../client.js";
import { EXIT, EXIT_CODES } from "./exit-codes.js";
import { usage } from "./options.js";
import { renderError } from "./render/error.js";
import { Shell } from "./shell.js";
import { strict } from "./strict-options.js";
import type { Report } from "./supervised.js";
import { systemError } from "./system-error.js";
import type { Terminal } from "./terminal.js";
import { VERSION } from "./version.js";

/** A command: what it takes, and what it does. `act` answers the exit status. */
interface CommandModule {
  describe(command: Command): void;
  act(shell: Shell, args: string[], options: never): Promise<number>;
  /** True where `--force` is about the database: it is opened wherever it lies. */
  forcesDatabase?: true;
}

/** One line about each command; its own file is loaded when it is called. */
const COMMANDS: Readonly<Record<string, { summary: string; load: () => Promise<CommandModule> }>> =
  {
    submit: { summary: "store a job and print its id", load: () => import("./commands/submit.js") },
    workflow: {
      summary: "submit named steps from a file",
      load: () => import("./commands/workflow.js"),
    },
    run: {
      summary: "submit a job, work on it here, and print its result",
      load: () => import("./commands/run.js"),
    },
    worker: { summary: "take jobs out and run them", load: () => import("./commands/worker.js") },
    status: { summary: "everything about a job", load: () => import("./commands/status.js") },
    why: { summary: "why a job is not running", load: () => import("./commands/why.js") },
    list: { summary: "the jobs, newest first", load: () => import("./commands/list.js") },
    logs: { summary: "what a job has written", load: () => import("./commands/logs.js") },
    wait: { summary: "wait until jobs are over", load: () => import("./commands/wait.js") },
    cancel: { summary: "cancel jobs", load: () => import("./commands/cancel.js") },
    requeue: {
      summary: "give failed, timed out or cancelled jobs another go",
      load: () => import("./commands/requeue.js"),
    },
    clear: { summary: "remove finished jobs", load: () => import("./commands/clear.js") },
    workers: { summary: "who takes jobs out", load: () => import("./commands/workers.js") },
    stats: { summary: "count the jobs by status", load: () => import("./commands/stats.js") },
    backup: { summary: "copy the queue to a file", load: () => import("./commands/backup.js") },
    init: { summary: "create a queue", load: () => import("./commands/init.js") },
    mcp: {
      summary: "let an agent or editor drive the queue, over the Model Context Protocol",
      load: () => import("./commands/mcp.js"),
    },
  };

/** Runs one command line. Every error ends here: it is printed once, and gives the exit status. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const wants = { json: argv.includes("--json"), debug: argv.includes("--debug") };
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    const shown =
      error instanceof CommanderError
        ? await asUsageError(error, argv)
        : (systemError(error) ?? error);
    const text = await renderError(shown, wants, terminal);
    if (terminal.superior === undefined) terminal.stderr.write(text);
    else terminal.superior.report({ type: "failed", text } satisfies Report);
    return shown instanceof GigqError ? EXIT_CODES[shown.code] : EXIT.failed;
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  let status: number = EXIT.ok;
  const program = newProgram(terminal);
  strict(program, argv);
  for (const [name, { summary }] of Object.entries(COMMANDS)) {
    program.command(name).summary(summary).description(summary);
  }
  // Only the command that is called has its file loaded, before its own part is parsed.
  program.hook("preSubcommand", async (_, command) => {
    const module = await COMMANDS[command.name()]!.load();
    module.describe(command);
    strict(command, argv);
    command.allowExcessArguments(true).action(async () => {
      refuseExcess(command);
      const options = command.optsWithGlobals();
      const { force } = options;
      const shell = await Shell.open(terminal, {
        ...options,
        force: force && module.forcesDatabase,
      });
      status = await module.act(shell, command.args, options as never);
    });
  });
  try {
    await program.parseAsync(helpAsOption(argv), { from: "user" });
  } catch (error) {
    // Help and version have been printed.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    throw error;
  }
  return status;
}

/** Commands that take one argument look at the others themselves: they know what was meant. */
function refuseExcess(command: Command): void {
  const { args, registeredArguments } = command;
  if (args.length === 0 || registeredArguments.length > 0) return;
  throw usage(`too many arguments: "${args.join(" ")}"`, `See: gigq ${command.name()} --help`);
}

function newProgram(terminal: Terminal): Command {
  return new Command("gigq")
    .description("A job runner that starts from the command line.")
    .option("--db <path>", "the queue's database; else $GIGQ_DB, else ./gigq.db")
    .option("--json", "answer in JSON")
    .option("--debug", "show the stack trace of an error")
    .version(VERSION, "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .addHelpText(
      "after",
      `
Durations are written 90s, 15m, 1h30m or 7d.

Example: gigq run ./jobs.ts#greet -p name=Ada
Help on a command: gigq help submit`,
    )
    .configureHelp({
      showGlobalOptions: true,
      helpWidth: terminal.stdout.isTerminal ? terminal.stdout.columns : 100,
    })
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      // Errors are thrown, and printed in one place.
      writeErr: () => {},
      outputError: () => {},
    })
    .exitOverride();
}

/** `gigq help submit` is `gigq submit --help`; `gigq` alone, and `gigq help`, show all. */
function helpAsOption(argv: readonly string[]): string[] {
  if (argv.length === 0) return ["--help"];
  const words = argv.filter((word) => !word.startsWith("-"));
  if (words[0] !== "help") return [...argv];
  const [, name] = words;
  if (name === undefined) return ["--help"];
  // An unknown command is left to commander, which makes a guess.
  return Object.hasOwn(COMMANDS, name) ? [name, "--help"] : [name];
}

async function asUsageError(error: CommanderError, argv: readonly string[]): Promise<GigqError> {
  const { usageError } = await import("./usage-error.js");
  return usageError(
    error,
    argv.find((word) => Object.hasOwn(COMMANDS, word)),
  );
}
