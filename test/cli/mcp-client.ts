import assert from "node:assert/strict";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { eventually } from "../support/eventually.js";
import { collect, openGigq } from "../support/gigq.js";

/** An answer of JSON-RPC. */
export interface Answer {
  readonly id?: string | number | null;
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it has asked for.
  readonly result?: any;
  readonly error?: { readonly code: number; readonly message: string };
}

/** What a tool answered. */
export interface Told {
  readonly isError: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: each test knows which tool it has called.
  readonly told: any;
}

/** A client of `gigq mcp`, the real binary, that runs until the test is over. */
export class McpClient {
  readonly child: ChildProcessWithoutNullStreams;
  readonly #stdout: () => string;
  readonly #stderr: () => string;
  readonly #closed: Promise<unknown[]>;
  /** Above what tests give by hand. */
  #nextId = 1001;

  constructor(t: TestContext, cwd: string, args: readonly string[] = []) {
    this.child = openGigq(t, ["mcp", ...args], { cwd });
    this.#stdout = collect(this.child.stdout);
    this.#stderr = collect(this.child.stderr);
    this.#closed = once(this.child, "close");
  }

  /** Everything that was said on stdout, as it was. */
  get stdout(): string {
    return this.#stdout();
  }

  /** The messages so far. Fails where a line is none. */
  get messages(): readonly (Answer | readonly Answer[])[] {
    return this.stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  /** Writes as it is. */
  write(text: string | Uint8Array): void {
    this.child.stdin.write(text);
  }

  /** Sends one message, and answers the id that it was given. */
  send(method: string, params?: object): number {
    const id = this.#nextId++;
    this.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    return id;
  }

  async answered(id: number | string): Promise<Answer> {
    return eventually(`an answer to ${id}`, () => {
      const found = this.messages.flat().filter((answer) => answer.id === id);
      assert.ok(found.length < 2, `${id} was answered twice`);
      return found[0];
    });
  }

  /** What was said first, second, and so on, once there is so much. */
  async heard(count: number): Promise<readonly (Answer | readonly Answer[])[]> {
    return eventually(`${count} messages`, () => {
      const { messages } = this;
      return messages.length >= count && messages;
    });
  }

  async request(method: string, params?: object): Promise<Answer> {
    return this.answered(this.send(method, params));
  }

  /** Calls a tool; its text must say the same as its structured content. */
  async tool(name: string, given?: object): Promise<Told> {
    const { result } = await this.request("tools/call", { name, arguments: given });
    assert.deepEqual(Object.keys(result.content[0]), ["type", "text"]);
    assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
    return { isError: result.isError ?? false, told: result.structuredContent };
  }

  /** Calls a tool that must do what it is asked for. */
  async done(name: string, given?: object): Promise<Told["told"]> {
    const { isError, told } = await this.tool(name, given);
    assert.equal(isError, false, JSON.stringify(told));
    return told;
  }

  /** Calls a tool that must refuse, and answers the code, the message and the hint. */
  async refused(name: string, given?: object): Promise<readonly string[]> {
    const { isError, told } = await this.tool(name, given);
    assert.equal(isError, true, JSON.stringify(told));
    const { code, message, hint } = told.error;
    assert.deepEqual(told, { error: { code, message, hint } });
    return [code, message, hint];
  }

  /** How it ended, and what it had to complain about. */
  async ended(): Promise<readonly [status: number | null, stderr: string]> {
    const [status] = (await this.#closed) as [number | null];
    return [status, this.#stderr()];
  }

  /** The client goes: the server must end well. */
  async leave(): Promise<void> {
    this.child.stdin.end();
    assert.deepEqual(await this.ended(), [0, ""]);
  }
}
