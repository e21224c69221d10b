import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { apis, callApi, command, control, pathOf, signed } from '../../support/plain-client.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startTestSandbox();
});
afterEach(() => sandbox.setFaults([]));
afterAll(() => sandbox.close());

async function fetchTime(target = sandbox, init: RequestInit = {}): Promise<Response> {
  const url = `${target.url}/${pathOf(apis.time, target.appKey)}`;
  const body = new URLSearchParams(signed(target, apis.time, {}));
  return fetch(url, { method: 'POST', body, redirect: 'manual', ...init });
}

describe('faults', () => {
  it('server_error answers 5xx with a page', async () => {
    sandbox.setFaults([{ kind: 'server_error', status: 503 }]);
    const response = await fetchTime();
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toContain('text/html');
  });

  it('html answers 200 with a page in place of JSON', async () => {
    sandbox.setFaults([{ kind: 'html' }]);
    const response = await fetchTime();
    expect(response.status).toBe(200);
    expect(await response.text()).toMatch(/^<html>/);
  });

  it('truncate ends the JSON too early, complete for HTTP', async () => {
    sandbox.setFaults([{ kind: 'truncate' }]);
    const text = await (await fetchTime()).text();
    expect(text).toMatch(/^"\d+$/);
  });

  it('cut closes the connection in the middle of the body', async () => {
    sandbox.setFaults([{ kind: 'cut' }]);
    await expect(fetchTime().then((response) => response.text())).rejects.toThrow();
  });

  it('reset_body breaks the connection in the middle of the body', async () => {
    sandbox.setFaults([{ kind: 'reset_body' }]);
    const response = await fetchTime();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
  });

  it('drip answers at once and never comes to an end', async () => {
    sandbox.setFaults([{ kind: 'drip' }]);
    const response = await fetchTime(sandbox, { signal: AbortSignal.timeout(1500) });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('timeout');
  });

  it('reset ends the connection before an answer', async () => {
    sandbox.setFaults([{ kind: 'reset' }]);
    const code = await new Promise((resolve) => {
      const { url, appKey } = sandbox;
      const query = new URLSearchParams(signed(sandbox, apis.time, {})).toString();
      request(`${url}/${pathOf(apis.time, appKey)}?${query}`)
        .on('error', (error) => resolve('code' in error ? error.code : error))
        .end();
    });
    expect(code).toBe('ECONNRESET');
  });

  it('hang never answers', async () => {
    sandbox.setFaults([{ kind: 'hang' }]);
    await expect(fetchTime(sandbox, { signal: AbortSignal.timeout(50) })).rejects.toThrow('timeout');
  });

  it('oversize answers more than any catalog does', async () => {
    sandbox.setFaults([{ kind: 'oversize' }]);
    const response = await fetchTime();
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(30_000_000);
    await response.body?.cancel();
  });

  it('bad_charset answers bytes that are not UTF-8', async () => {
    sandbox.setFaults([{ kind: 'bad_charset' }]);
    const bytes = await (await fetchTime()).arrayBuffer();
    expect(() => new TextDecoder('utf8', { fatal: true }).decode(bytes)).toThrow(TypeError);
  });

  it('redirect points elsewhere', async () => {
    sandbox.setFaults([{ kind: 'redirect' }]);
    expect((await fetchTime()).status).toBe(302);
  });

  it('gateway_error refuses with HTTP 200', async () => {
    sandbox.setFaults([{ kind: 'gateway_error', code: 'gw.QosRequestLimit', message: 'slow down' }]);
    const response = await fetchTime();
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      error_code: 'gw.QosRequestLimit',
      error_message: 'slow down',
      exception: 'slow down',
    });
  });

  it('hit the next so many calls of one API, and leave the others alone', async () => {
    await command(sandbox, 'faults', { faults: [{ kind: 'server_error', api: apis.time, count: 2 }] });
    const statuses = [];
    for (const api of [apis.timeMillis, apis.time, apis.timeMillis, apis.time, apis.time]) {
      const response = await fetch(
        `${sandbox.url}/${pathOf(api, sandbox.appKey)}?${new URLSearchParams(signed(sandbox, api, {})).toString()}`,
      );
      statuses.push(response.status);
    }
    expect(statuses).toEqual([200, 500, 200, 500, 200]);
  });

  it('hit the same calls in two sandboxes of one seed, at about their rate', async () => {
    const pattern = async (seed: number) => {
      const own = await startTestSandbox({ seed, faults: [{ kind: 'server_error', rate: 0.3 }] });
      const statuses: number[] = [];
      for (let i = 0; i < 200; i++) statuses.push((await fetchTime(own)).status);
      await own.close();
      return statuses;
    };
    const [first, again, other] = await Promise.all([pattern(7), pattern(7), pattern(8)]);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const failed = first.filter((status) => status === 500).length;
    expect(failed).toBeGreaterThan(35);
    expect(failed).toBeLessThan(85);
  });

  it('are logged and counted, for the call did arrive', async () => {
    const before = await control<{ counted: number }>(sandbox, 'stats?calls=false');
    sandbox.setFaults([{ kind: 'server_error', count: 1 }]);
    await fetchTime();
    const stats = await control<{ counted: number; byOutcome: Record<string, number> }>(sandbox, 'stats');
    expect(stats.counted).toBe(before.counted + 1);
    expect(stats.byOutcome['fault:server_error']).toBeGreaterThan(0);
  });

  it('spare calls that never passed the signature', async () => {
    sandbox.setFaults([{ kind: 'server_error', count: 1 }]);
    const unsigned = await fetch(`${sandbox.url}/${pathOf(apis.time, sandbox.appKey)}`);
    expect(unsigned.status).toBe(400);
    expect((await fetchTime()).status).toBe(500);
  });

  it('are refused when nobody knows their kind', async () => {
    const reply = await command(sandbox, 'faults', { faults: [{ kind: 'earthquake' }] });
    expect(reply.status).toBe(400);
    expect((await callApi(sandbox, apis.time)).status).toBe(200);
  });
});
