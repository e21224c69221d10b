import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createWebApp } from '../../../src/web/create-web-app.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openWebWorld, type WebWorld } from '../../support/web-world.ts';

const token = 'a-token-of-some-length';
const form = `token=${token}&next=/usage`;

let database: TestDatabase;
let world: WebWorld;
const logged: string[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  const log = createLogger({
    level: 'trace',
    pretty: false,
    stream: { write: (line: string) => logged.push(line) },
  });
  world = await openWebWorld({ database, env: { WEB_TOKEN: token }, deps: { log } });
});
afterAll(async () => {
  await world.close();
  await database.drop();
});

/** Sends a log-in as it stands here. @returns the status line and headers of the answer */
async function send(framing: readonly string[], body: string): Promise<string> {
  const socket = connect(world.port, '127.0.0.1');
  const head = [
    'POST /log-in HTTP/1.1',
    'host: localhost',
    'content-type: application/x-www-form-urlencoded',
    'connection: close',
    ...framing,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  return text(socket);
}

/** In two chunks, so that no reader gets it whole. */
const inChunks = (body: string): string => {
  const half = Math.floor(body.length / 2);
  const chunks = [body.slice(0, half), body.slice(half), ''];
  return chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
};

const chunked = ['transfer-encoding: chunked'];

test('a form is read with a length, and in chunks without one', async () => {
  for (const [framing, body] of [
    [[`content-length: ${String(form.length)}`], form],
    [chunked, inChunks(form)],
  ] as const) {
    const answer = await send(framing, body);
    expect(answer).toMatch(/^HTTP\/1\.1 303 /);
    expect(answer).toMatch(/\r\nlocation: \/usage\r\n/);
  }
});

test('a POST without a body is a form without fields', async () => {
  expect(await send([], '')).toMatch(/^HTTP\/1\.1 401 /);
});

test('16 KB are read, and a byte more is refused', async () => {
  const padding = `${form}&padding=`;
  const largest = padding + 'x'.repeat(16 * 1024 - padding.length);
  for (const [body, status] of [
    [largest, 303],
    [`${largest}x`, 413],
    ['x'.repeat(200_000), 413],
  ] as const) {
    const begin = new RegExp(`^HTTP/1\\.1 ${String(status)} `);
    expect(await send([`content-length: ${String(body.length)}`], body)).toMatch(begin);
    expect(await send(chunked, inChunks(body))).toMatch(begin);
  }
});

test('a body that ends too early is the mistake of who sent it, and no page has failed', async () => {
  const body = new ReadableStream({
    start: (controller) => {
      controller.enqueue(Buffer.from('token='));
      controller.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
    },
  });
  const request = new Request('http://localhost/log-in', {
    ...{ method: 'POST', body, duplex: 'half' },
    headers: { host: 'localhost' },
  });
  const answer = await createWebApp(world.deps).fetch(request);
  expect([answer.status, await answer.text()]).toEqual([400, 'the request was cut off\n']);

  const socket = connect(world.port, '127.0.0.1');
  socket.write('POST /log-in HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\ntoken=');
  await once(socket, 'connect');
  socket.resetAndDestroy();
  // The server answers others meanwhile, and has had the end of that one before theirs.
  for (let asked = 0; asked < 3; asked += 1) expect(await send([], '')).toMatch(/^HTTP\/1\.1 401 /);
  expect(logged.filter((line) => !line.includes('log-in with a wrong token'))).toEqual([]);
});
