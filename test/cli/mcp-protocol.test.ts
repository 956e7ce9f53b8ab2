import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../support/paths.js";
import { Desk } from "./desk.js";
import { McpClient } from "./mcp-client.js";

const { version } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8"));

void test("a client is answered in the revision that it asks for, or else in the newest", async (t) => {
  const desk = new Desk(t);
  const client = new McpClient(t, desk.folder);
  for (const [asked, given] of [
    ["2024-11-05", "2024-11-05"],
    ["2025-03-26", "2025-03-26"],
    ["2025-06-18", "2025-06-18"],
    ["2025-11-25", "2025-11-25"],
    ["1999-01-01", "2025-11-25"],
  ]) {
    const { result } = await client.request("initialize", {
      protocolVersion: asked,
      capabilities: {},
      clientInfo: { name: "test", version: "1" },
    });
    const { instructions, ...rest } = result;
    assert.deepEqual(rest, {
      protocolVersion: given,
      capabilities: { tools: {} },
      serverInfo: { name: "gigq", version },
    });
    assert.ok(instructions.includes(desk.db) && instructions.includes(desk.folder), instructions);
  }
  client.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
  client.write(
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"reason":"x"}}\n',
  );
  assert.deepEqual(await client.request("ping"), { jsonrpc: "2.0", id: 1006, result: {} });
  await client.leave();
  assert.equal(client.messages.length, 6);
});

void test("SIGTERM ends it with 0, also while it waits for a worker that does not answer", async (t) => {
  const desk = new Desk(t);
  const client = new McpClient(t, desk.folder);
  const file = desk.path("held");
  await client.done("submit_job", { function: "./jobs.mjs#hold", params: { file } });
  const worker = desk.start("worker");
  await desk.pids("held");
  worker.kill("SIGSTOP");
  const id = client.send("tools/call", { name: "cancel_job", arguments: { id: 1, force: true } });
  // Answered once the call before it is in hand.
  await client.done("job_status", { id: 1 });
  client.child.kill("SIGTERM");
  assert.deepEqual(await client.ended(), [0, ""]);
  const { error } = (await client.answered(id)).result.structuredContent;
  assert.deepEqual(error, {
    code: "forbidden",
    message: "#1 hold still runs, and this server was told to end",
    hint: "It is cancelled as soon as the worker sees it; is the worker alive?",
  });
});

void test("what is no request is refused as JSON-RPC says, and what follows is answered", async (t) => {
  const client = new McpClient(t, new Desk(t).folder);
  const cases: readonly [line: string | Buffer, id: unknown, code: number, message: RegExp][] = [
    ["{bad", null, -32700, /^no JSON: /],
    [Buffer.from('{"id":"\xe9"}', "latin1"), null, -32700, /^no JSON: it is not UTF-8$/],
    ["[", null, -32700, /^no JSON: /],
    ["[]", null, -32600, /^the batch is empty$/],
    ["5", null, -32600, /^a message is a JSON object$/],
    ["{}", null, -32600, /^jsonrpc must be "2.0"$/],
    ['{"jsonrpc":"1.0","id":1,"method":"ping"}', 1, -32600, /^jsonrpc must be "2.0"$/],
    ['{"jsonrpc":"2.0","id":"x","method":5}', "x", -32600, /^method must be a text$/],
    ['{"jsonrpc":"2.0","id":null,"method":"ping"}', null, -32600, /^id must be a text or a whole/],
    ['{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}', null, -32600, /^id must be/],
    ['{"jsonrpc":"2.0","id":2,"method":"resources/list"}', 2, -32601, /"resources\/list"$/],
    ['{"jsonrpc":"2.0","id":2,"method":"constructor"}', 2, -32601, /"constructor"$/],
    ['{"jsonrpc":"2.0","id":2,"method":"ping","params":[1]}', 2, -32602, /^params must be/],
    ['{"jsonrpc":"2.0","id":3,"method":"initialize"}', 3, -32602, /^protocolVersion must be/],
    ['{"jsonrpc":"2.0","id":4,"method":"tools/call"}', 4, -32602, /^name must be/],
    [
      '{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"drop_table"}}',
      4,
      -32602,
      /^there is no tool "drop_table"$/,
    ],
    [
      '{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"list_jobs","arguments":[]}}',
      5,
      -32602,
      /^arguments must be an object$/,
    ],
    [
      '{"jsonrpc":"2.0","id":6,"method":"tools/list","params":{"cursor":"x"}}',
      6,
      -32602,
      /^there is no further page/,
    ],
  ];
  for (const [index, [line, id, code, message]] of cases.entries()) {
    client.write(line);
    client.write("\n");
    const heard = (await client.heard(index + 1))[index] as object;
    assert.deepEqual(heard, {
      jsonrpc: "2.0",
      id,
      error: { code, message: (heard as { error: { message: string } }).error.message },
    });
    assert.match((heard as { error: { message: string } }).error.message, message);
  }
  // Nobody is to answer these: empty lines, answers to nothing, and notifications, whatever they say.
  client.write('\n\r\n{"jsonrpc":"2.0","id":1,"result":{}}\n{"jsonrpc":"2.0","method":"x"}\n');
  client.write('[{"jsonrpc":"2.0","method":"tools/call","params":{"name":"queue_stats"}}]\n');
  assert.deepEqual((await client.request("ping")).result, {});
  assert.equal(client.messages.length, cases.length + 1);
  await client.leave();
});

void test("a batch is answered in one line, as the revision 2025-03-26 has it", async (t) => {
  const client = new McpClient(t, new Desk(t).folder);
  const batch = [
    { jsonrpc: "2.0", id: "a", method: "ping" },
    { jsonrpc: "2.0", method: "notifications/initialized" },
    { jsonrpc: "2.0", id: "b", method: "nothing" },
  ];
  client.write(`${JSON.stringify(batch)}\n`);
  assert.deepEqual(await client.heard(1), [
    [
      { jsonrpc: "2.0", id: "a", result: {} },
      { jsonrpc: "2.0", id: "b", error: { code: -32601, message: 'there is no method "nothing"' } },
    ],
  ]);
});

void test("a param of a megabyte comes back as it was, also cut in the middle of a character", async (t) => {
  const desk = new Desk(t);
  const client = new McpClient(t, desk.folder);
  const text = `${"é😀\n\u2028\u001b]0;x\u0007".repeat(100_000)}.`;
  const params = {
    name: "submit_job",
    arguments: { function: "./jobs.mjs#echo", params: { text } },
  };
  const line = Buffer.from(
    `${JSON.stringify({ jsonrpc: "2.0", id: "big", method: "tools/call", params })}\n`,
  );
  assert.ok(line.length > 1024 * 1024);
  const middle = line.indexOf("é") + 1;
  await new Promise((resolve) => client.child.stdin.write(line.subarray(0, middle), resolve));
  client.write(line.subarray(middle));
  assert.equal((await client.answered("big")).result.isError, undefined);
  await desk.work();
  assert.deepEqual((await client.done("job_result", { id: 1 })).result, { text });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there.
  assert.doesNotMatch(client.stdout, /[\u001b\u0007\u2028]/);
});

void test("a line that is longer than any job is refused, and what follows is answered", async (t) => {
  const client = new McpClient(t, new Desk(t).folder);
  const part = Buffer.alloc(1024 * 1024, "x");
  for (let count = 0; count < 65; count++) client.write(part);
  client.write("\n");
  const id = client.send("ping");
  assert.deepEqual((await client.answered(id)).result, {});
  assert.deepEqual(client.messages[0], {
    jsonrpc: "2.0",
    id: null,
    error: { code: -32600, message: "a message takes at most 67108864 bytes" },
  });
});

void test("requests that come together are answered once each, also after the input has ended", async (t) => {
  const desk = new Desk(t);
  const client = new McpClient(t, desk.folder);
  const lines: string[] = [];
  for (let id = 0; id < 300; id++) {
    const given =
      id % 3 === 0
        ? { name: "submit_job", arguments: { function: "./jobs.mjs#greet", name: `n${id}` } }
        : { name: id % 3 === 1 ? "list_jobs" : "queue_stats" };
    lines.push(JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: given }));
  }
  // The last line has no line break.
  client.child.stdin.end(lines.join("\n"));
  assert.deepEqual(await client.ended(), [0, ""]);
  const ids = client.messages.map((answer) => (answer as { id: number }).id);
  assert.deepEqual(
    ids.sort((a, b) => a - b),
    lines.map((_, id) => id),
  );
  const { total } = await desk.queue.stats();
  assert.equal(total, 100);
});
