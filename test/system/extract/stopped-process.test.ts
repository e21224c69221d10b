import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { sendWithinMs } from '../../../src/extract/gateway/attempt.ts';
import { createTransport } from '../../../src/extract/gateway/transport.ts';
import { context, detail, roots } from '../../support/gateway-inputs.ts';
import { until } from '../../support/until.ts';
import { startFixture } from '../../support/gateway-fixture.ts';
import { json } from '../../support/http-server.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Stops this thread, as SIGSTOP stops a process: no timer fires and no socket is read. */
function stopFor(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** A gateway in a thread of its own: it answers with so many bytes after `latencyMs`; never, when that is null. */
async function startOtherThread(bytes: number, latencyMs: number | null): Promise<string> {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const server = require('node:http').createServer((request, response) => {
      request.resume();
      const { bytes, latencyMs } = workerData;
      if (latencyMs !== null) setTimeout(() => response.end('x'.repeat(bytes)), latencyMs);
    });
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;
  const thread = new Worker(code, { eval: true, workerData: { bytes, latencyMs } });
  closing.push(() => thread.terminate());
  const [port] = (await once(thread, 'message')) as [number];
  return `http://127.0.0.1:${port}/openapi`;
}

/** Sends one call, and stops the process for longer than the call may take. */
async function sendAndStop(bytes: number, latencyMs: number | null) {
  const timeouts = { totalMs: 1000 };
  const transport = createTransport({ baseUrl: await startOtherThread(bytes, latencyMs), timeouts });
  closing.push(() => transport.close());
  // Its connection is open afterwards, so that the second call leaves at once.
  if (latencyMs !== null) await transport.send({ urlPath: 'a', form: 'x=1', requestId: '1' });
  let hasLeft = false;
  const mayLeave = () => (hasLeft = true);
  const result = transport.send({ urlPath: 'a', form: 'x=1', requestId: '2', mayLeave });
  await until(() => hasLeft);
  stopFor(2500);
  return result;
}

describe('a process that was stopped for longer than a call may take', () => {
  it.each([2, 4_000_000])('reads an answer of %i bytes that waits in its socket', async (bytes) => {
    const result = await sendAndStop(bytes, 300);
    expect(result.kind === 'answer' && result.answer.body.length).toBe(bytes);
  });

  it('gives a call up that was not answered meanwhile', async () => {
    expect(await sendAndStop(2, null)).toMatchObject({
      kind: 'failure',
      code: 'TOTAL_TIMEOUT',
      hasLeft: true,
    });
  });
});

describe('a process that was stopped before it could send', () => {
  it('after the ledger let the call leave, sends nothing and takes it back', async () => {
    const fixture = await startFixture((response) => json(response, {}));
    closing.push(() => fixture.close());
    const { gateway, ledger, server, clock } = fixture;
    const markSent = ledger.markSent.bind(ledger);
    ledger.markSent = async (callId) => {
      const maySend = await markSent(callId);
      clock.advance(sendWithinMs + 1000);
      return maySend;
    };
    expect(await gateway.call(roots, context)).toMatchObject({ kind: 'waiting', by: 'second' });
    expect(ledger.calls.map(({ settlement }) => settlement)).toMatchObject([
      { state: 'refunded', outcome: 'not_sent' },
    ]);
    expect(server.requests).toEqual([]);
  });

  it('while the call waited for a connection, sends nothing and takes it back', async () => {
    const answers: (() => void)[] = [];
    const categories = { categoryInfo: [], succes: 'true' };
    const fixture = await startFixture((response) => void answers.push(() => json(response, categories)), {
      connections: 1,
    });
    closing.push(() => fixture.close());
    const { gateway, ledger, server, clock } = fixture;
    const first = gateway.call(roots, context);
    await until(() => answers.length === 1);
    const second = gateway.call(detail, context);
    await until(() => ledger.calls[1]?.isSent);
    clock.advance(sendWithinMs + 1000);
    answers[0]?.();
    await first;
    await expect(second).rejects.toMatchObject({ code: 'GATEWAY_STOPPED' });
    expect(ledger.calls[1]?.settlement).toMatchObject({ state: 'refunded', outcome: 'not_sent' });
    expect(server.requests).toHaveLength(1);
  });
});
