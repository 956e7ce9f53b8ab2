import { GigqError } from "../../client.js";
import type { Terminal } from "../terminal.js";
import { plain, plainJson, plainLine } from "./plain.js";
import { openTheme, PLAIN } from "./theme.js";

/** A message may quote what a user gave, and that may be megabytes. */
const LONGEST = 4_000;

/** An error as a person reads it, or as JSON. The stack only where it was asked for. */
export async function renderError(
  error: unknown,
  wants: { json: boolean; debug: boolean },
  { stderr, env }: Terminal,
): Promise<string> {
  const { code, message: whole, hint, stack } = parts(error);
  const message = whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
  if (wants.json) {
    const details = wants.debug ? { stack } : {};
    return `${plainJson({ error: { code, message, hint, ...details } })}\n`;
  }
  // Colours are loaded, and loading may be just what the system refuses.
  const theme = await openTheme(stderr, env).catch(() => PLAIN);
  const lines = [`${theme.bad("gigq:")} ${plainLine(message)}`];
  if (hint !== undefined) lines.push(plain(hint));
  if (wants.debug && stack !== undefined) lines.push(theme.dim(plain(stack)));
  return `${lines.join("\n")}\n`;
}

function parts(error: unknown) {
  if (error instanceof GigqError) {
    const { code, message, hint, stack } = error;
    return { code, message, hint, stack };
  }
  return {
    code: "internal",
    message: `something is wrong with gigq itself: ${error instanceof Error ? error.message : error}`,
    hint: "Please report it, with what --debug shows",
    stack: error instanceof Error ? error.stack : undefined,
  };
}
