import { isUtf8 } from "node:buffer";

/** The errors of JSON-RPC 2.0. */
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;

export type Params = Readonly<Record<string, unknown>>;

/** What may be asked for, by name. A method throws `InvalidParams` for params that it cannot take. */
export type Methods = Readonly<Record<string, (params: Params) => object | Promise<object>>>;

/** The params of a request are not what its method takes. */
export class InvalidParams extends Error {}

interface Failure {
  readonly jsonrpc: "2.0";
  readonly id: string | number | null;
  readonly error: { readonly code: number; readonly message: string };
}

/**
 * Answers one message of JSON-RPC 2.0, as the Model Context Protocol narrows it: params are objects,
 * an id is a text or a whole number. `undefined` where nothing is to be answered: notifications, and
 * answers to what was never asked. A batch, as in the revision 2025-03-26, is answered by a list.
 */
export async function answerTo(line: Buffer, methods: Methods): Promise<object | undefined> {
  let message: unknown;
  try {
    message = parse(line);
  } catch (error) {
    return failure(null, PARSE_ERROR, `no JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(message)) return answerOne(message, methods);
  if (message.length === 0) return failure(null, INVALID_REQUEST, "the batch is empty");
  const answers = await Promise.all(message.map((one) => answerOne(one, methods)));
  const given = answers.filter((answer) => answer !== undefined);
  return given.length === 0 ? undefined : given;
}

/** The answer to a line that is too long to be read. */
export function answerToTooLong(longestBytes: number): object {
  return failure(null, INVALID_REQUEST, `a message takes at most ${longestBytes} bytes`);
}

function parse(line: Buffer): unknown {
  if (!isUtf8(line)) throw new Error("it is not UTF-8");
  return JSON.parse(line.toString("utf8"));
}

async function answerOne(message: unknown, methods: Methods): Promise<object | undefined> {
  if (!isObject(message)) return failure(null, INVALID_REQUEST, "a message is a JSON object");
  const { jsonrpc, id, method, params = {} } = message;
  const isAnswer = Object.hasOwn(message, "result") || Object.hasOwn(message, "error");
  if (method === undefined && isAnswer) return undefined;
  const isNotification = !Object.hasOwn(message, "id");
  if (!isNotification && !isId(id)) {
    return failure(null, INVALID_REQUEST, "id must be a text or a whole number");
  }
  const known = isId(id) ? id : null;
  if (jsonrpc !== "2.0") return failure(known, INVALID_REQUEST, 'jsonrpc must be "2.0"');
  if (typeof method !== "string") return failure(known, INVALID_REQUEST, "method must be a text");
  if (isNotification) return undefined;
  if (!Object.hasOwn(methods, method)) {
    return failure(known, METHOD_NOT_FOUND, `there is no method "${short(method)}"`);
  }
  if (!isObject(params)) return failure(known, INVALID_PARAMS, "params must be an object");
  try {
    return { jsonrpc, id, result: await methods[method]!(params) };
  } catch (error) {
    const { message: said } = error as Error;
    if (error instanceof InvalidParams) return failure(known, INVALID_PARAMS, said);
    return failure(known, INTERNAL_ERROR, `something is wrong with gigq itself: ${said}`);
  }
}

/** A number that JSON.parse has rounded could not be given back as it came. */
function isId(id: unknown): id is string | number {
  return typeof id === "string" || Number.isSafeInteger(id);
}

/** Says whether a value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What somebody sent, short enough to be repeated in a message. */
export function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function failure(id: Failure["id"], code: number, message: string): Failure {
  return { jsonrpc: "2.0", id, error: { code, message } };
}
