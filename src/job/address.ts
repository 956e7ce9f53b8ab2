import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { GigqError } from "../errors.js";

/** Where a job's function is found: a module, and the name under which it is exported. */
export interface FunctionAddress {
  /** An absolute path, a relative path that starts with a dot, or a package specifier. */
  readonly module: string;
  readonly exportName: string;
}

/** No system has longer paths. */
const LONGEST_ADDRESS = 10_000;

/**
 * Takes `./jobs.ts#resize` apart at its last `#`. A `file:` URL becomes a path.
 * Throws `usage` where the export or the module is missing.
 */
export function parseAddress(text: string): FunctionAddress {
  if (text.length > LONGEST_ADDRESS) {
    throw new GigqError("usage", `"${text.slice(0, 60)}…" is too long to name a function`, {
      hint: `At most ${LONGEST_ADDRESS} characters name a module and an export`,
    });
  }
  const at = text.lastIndexOf("#");
  if (at <= 0 || at === text.length - 1) {
    throw new GigqError("usage", `"${text}" does not name a module and an export`, {
      hint: `Write the module, a "#" and the name of the export: ${exampleFor(text)}`,
    });
  }
  const module = text.slice(0, at);
  return {
    module: /^(file:|[a-z][a-z0-9+.-]*:\/\/)/i.test(module) ? pathOfUrl(module) : module,
    exportName: text.slice(at + 1),
  };
}

export function formatAddress(address: FunctionAddress): string {
  return `${address.module}#${address.exportName}`;
}

/** Says whether a module is named by its path; a package specifier is not. */
export function isPath(module: string): boolean {
  return isAbsolute(module) || /^\.\.?([/\\]|$)/.test(module);
}

/** What may have been meant; `package.module.function` is what one writes in Python. */
function exampleFor(text: string): string {
  const dotted = /^([a-z_]\w*(?:\.[a-z_]\w*)*)\.([a-z_]\w*)$/i.exec(text);
  if (dotted !== null && !/^([cm]?[jt]s|[jt]sx|json)$/i.test(dotted[2]!)) {
    return `./${dotted[1]!.replaceAll(".", "/")}.ts#${dotted[2]}`;
  }
  const at = text.lastIndexOf("#");
  const module = (at < 0 ? text : text.slice(0, at)) || "./jobs.ts";
  const exportName = (at < 0 ? "" : text.slice(at + 1)) || "resize";
  return `${module}#${exportName}`;
}

function pathOfUrl(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new GigqError("usage", `"${url}" is no file URL`, {
      hint: "Give an absolute path, or file:///path/to/jobs.ts",
      cause,
    });
  }
}
