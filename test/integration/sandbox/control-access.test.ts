import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';

let sandbox: Sandbox;
let port: number;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  port = Number(new URL(sandbox.url).port);
});
afterAll(() => sandbox.close());

/** fetch sets these headers by itself. */
function advance(headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/_sandbox/clock', method: 'POST', headers };
    const sent = request(options, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end('{"advanceMs":3600000}');
  });
}

describe('the control endpoints of the sandbox', () => {
  test('answer programs of this machine, and pages of their own', async () => {
    const host = `localhost:${String(port)}`;
    for (const headers of [
      { host },
      { host: '127.0.0.1' },
      { host: '[::1]:8688' },
      { host, 'sec-fetch-site': 'none' },
      { host, 'sec-fetch-site': 'same-origin', origin: `http://${host}` },
    ])
      expect([headers, await advance(headers)]).toEqual([headers, 200]);
  });

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1@evil.example', '0.0.0.0', '10.0.0.7', '%'])(
    'refuse %j, a name that another site has lead here',
    async (host) => {
      const before = sandbox.now().getTime();
      expect(await advance({ host })).toBe(403);
      expect(sandbox.now().getTime() - before).toBeLessThan(3_600_000);
    },
  );

  test.each<Readonly<Record<string, string>>>([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:1' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('refuse what another site has a browser send, as %j', async (headers) => {
    const before = sandbox.now().getTime();
    expect(await advance({ host: `localhost:${String(port)}`, ...headers })).toBe(403);
    expect(sandbox.now().getTime() - before).toBeLessThan(3_600_000);
  });
});
