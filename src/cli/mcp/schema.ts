import type { GigqError } from "../../index.js";
import { usage } from "../options.js";
import { isObject, short } from "./answer.js";

type JsonType = "string" | "integer" | "number" | "boolean" | "object" | "array" | "null";

/** The part of JSON Schema that the tools use. */
export interface ValueSchema {
  readonly type: JsonType | readonly JsonType[];
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly items?: ValueSchema;
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
}

/** The schema of an object that has these properties and no others. */
export interface ObjectSchema extends ValueSchema {
  readonly type: "object";
  readonly properties: Readonly<Record<string, ValueSchema>>;
  readonly additionalProperties: false;
}

/** As messages call the types. */
const NAMES: Readonly<Record<JsonType, string>> = {
  string: "a text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  object: "an object",
  array: "a list",
  null: "null",
};

/** Holds the arguments of a tool against its schema. Throws `usage`, with the name of what is wrong. */
export function checkArguments(
  tool: string,
  given: Readonly<Record<string, unknown>>,
  schema: ObjectSchema,
): void {
  checkProperties(tool, "", given, schema);
}

function checkProperties(
  owner: string,
  prefix: string,
  given: Readonly<Record<string, unknown>>,
  { properties = {}, required = [] }: ValueSchema,
): void {
  for (const key of Object.keys(given)) {
    if (Object.hasOwn(properties, key)) continue;
    const known = Object.keys(properties).join(", ");
    throw usage(
      `${owner} takes no "${short(key)}"`,
      known === "" ? "It takes no arguments" : `Known are: ${known}`,
    );
  }
  for (const key of required) {
    if (Object.hasOwn(given, key)) continue;
    throw usage(`${owner} needs "${key}"`, `${prefix}${key}: ${properties[key]!.description}`);
  }
  for (const [key, value] of Object.entries(given)) {
    checkValue(`${prefix}${key}`, value, properties[key]!);
  }
}

function checkValue(name: string, value: unknown, schema: ValueSchema): void {
  const types = typeof schema.type === "string" ? [schema.type] : schema.type;
  if (!types.some((type) => isOf(type, value))) {
    throw wrong(name, value, `${name} must be ${types.map((type) => NAMES[type]).join(", or ")}`);
  }
  if (schema.enum !== undefined && !schema.enum.includes(value as string)) {
    throw wrong(name, value, `${name} must be one of: ${schema.enum.join(", ")}`);
  }
  if (typeof value === "number") checkRange(name, value, schema);
  if (Array.isArray(value)) checkItems(name, value, schema);
  if (schema.properties !== undefined && isObject(value)) {
    checkProperties(name, `${name}.`, value, schema);
  }
}

function checkRange(name: string, value: number, { minimum, maximum }: ValueSchema): void {
  if (minimum !== undefined && value < minimum) {
    throw wrong(name, value, `The smallest is ${minimum}`);
  }
  if (maximum !== undefined && value > maximum) {
    throw wrong(name, value, `The largest is ${maximum}`);
  }
}

function checkItems(name: string, list: readonly unknown[], schema: ValueSchema): void {
  const { items, minItems = 0 } = schema;
  if (list.length < minItems) throw usage(`${name} is empty`, `Give ${minItems} at least`);
  if (items === undefined) return;
  for (const [index, item] of list.entries()) checkValue(`${name}[${index}]`, item, items);
}

function isOf(type: JsonType, value: unknown): boolean {
  switch (type) {
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return Number.isInteger(value);
    case "null":
      return value === null;
    default:
      return typeof value === type;
  }
}

function wrong(name: string, value: unknown, hint: string): GigqError {
  return usage(`${name} is ${short(JSON.stringify(value))}`, hint);
}
