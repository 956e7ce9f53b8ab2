import { renderError } from "../render/error.js";
import { plainJson } from "../render/plain.js";
import type { Shell } from "../shell.js";
import { systemError } from "../system-error.js";
import { VERSION } from "../version.js";
import { InvalidParams, isObject, type Methods, type Params, short } from "./answer.js";
import { checkArguments } from "./schema.js";
import type { Surroundings } from "./tool.js";
import { TOOLS } from "./tools.js";

/** The revisions of the protocol that are known, oldest first. In what is used here they are alike. */
const REVISIONS: readonly string[] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

/** What a client of the Model Context Protocol may ask of gigq. */
export function methodsOf(shell: Shell, around: Surroundings): Methods {
  return {
    initialize: (params) => initialize(params, around),
    ping: () => ({}),
    "tools/list": listTools,
    "tools/call": (params) => callTool(params, shell, around),
  };
}

function initialize({ protocolVersion: asked }: Params, around: Surroundings): object {
  if (typeof asked !== "string") throw new InvalidParams("protocolVersion must be a text");
  return {
    protocolVersion: REVISIONS.includes(asked) ? asked : REVISIONS.at(-1),
    capabilities: { tools: {} },
    serverInfo: { name: "gigq", version: VERSION },
    instructions:
      `gigq keeps jobs in ${around.database} until a worker runs them; this server runs none, and ` +
      "loads no code. A job calls an exported function, named as in ./jobs.ts#resize; paths are " +
      `relative to ${around.cwd}. Jobs are named by their number or id. When jobs stay pending, ` +
      "queue_stats says how to start a worker.",
  };
}

/** All on one page, so that no cursor is ever handed out. */
function listTools({ cursor }: Params): object {
  if (cursor !== undefined) throw new InvalidParams("there is no further page of tools");
  return {
    tools: TOOLS.map(({ name, description, inputSchema, annotations }) => ({
      name,
      description,
      inputSchema,
      annotations: { openWorldHint: false, ...annotations },
    })),
  };
}

/** What goes wrong within a tool is its answer, so that whoever called can mend the arguments. */
async function callTool(params: Params, shell: Shell, around: Surroundings): Promise<object> {
  const { name, arguments: given = {} } = params;
  if (typeof name !== "string") throw new InvalidParams("name must be the name of a tool");
  const tool = TOOLS.find((one) => one.name === name);
  if (tool === undefined) throw new InvalidParams(`there is no tool "${short(name)}"`);
  if (!isObject(given)) throw new InvalidParams("arguments must be an object");
  try {
    checkArguments(name, given, tool.inputSchema);
    return contentOf(await tool.call(around, given as never));
  } catch (error) {
    const wants = { json: true, debug: false };
    const json = await renderError(systemError(error) ?? error, wants, shell.terminal);
    return { ...contentOf(JSON.parse(json)), isError: true };
  }
}

/** The text is for clients from before 2025-06-18, and for models. */
function contentOf(answer: object): object {
  return { content: [{ type: "text", text: plainJson(answer) }], structuredContent: answer };
}
