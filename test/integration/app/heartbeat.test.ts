import { Command } from 'commander';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openHeartbeat, withPings } from '../../../src/app/heartbeat.ts';
import { openSession } from '../../../src/app/session.ts';
import { exitCodes } from '../../../src/core/exit-codes.ts';
import { createWorld } from '../../support/in-process.ts';
import { startPingReceiver, type PingReceiver } from '../../support/ping-receiver.ts';
import { until } from '../../support/until.ts';

let receiver: PingReceiver;
beforeEach(async () => {
  receiver = await startPingReceiver();
});
afterEach(() => receiver.close());

function open(env: Readonly<Record<string, string>>) {
  const { context } = createWorld({ env: { LOG_LEVEL: 'silent', ...env } });
  return openSession(new Command().setOptionValue('project', context.cwd), context, { logs: 'service' });
}
const pinging = () => open({ HEARTBEAT_URL: receiver.url });

it.each([
  [exitCodes.succeeded, 'GET'],
  [exitCodes.failed, 'GET /fail'],
])('a command that ends with %i pings its start, then its end', async (exitCode, end) => {
  const session = pinging();
  const { signals } = session.context;
  for (const msToDeadline of [null, 60_000]) {
    const before = receiver.pings.length;
    const work = () => {
      expect(signals.listenerCount('SIGTERM')).toBe(1);
      return Promise.resolve(exitCode);
    };
    expect(await withPings(session, msToDeadline, work)).toBe(exitCode);
    expect(receiver.pings.slice(before)).toEqual(['GET /start', end]);
  }
  expect(signals.listenerCount('SIGTERM') + signals.listenerCount('SIGINT')).toBe(0);
});

it('a command that throws pings its failure, and throws', async () => {
  const work = () => Promise.reject(new Error('broken'));
  await expect(withPings(pinging(), null, work)).rejects.toThrow('broken');
  expect(receiver.pings).toEqual(['GET /start', 'GET /fail']);
});

it('the end is pinged after the start was answered, and waited for', async () => {
  const answers: ServerResponse[] = [];
  receiver.setAnswer((response) => void answers.push(response));
  let isOver = false;
  const over = withPings(pinging(), null, () => Promise.resolve(exitCodes.succeeded)).then(() => {
    isOver = true;
  });
  await until(() => Promise.resolve(answers.length === 1));
  await new Promise((resolve) => setImmediate(resolve));
  expect(receiver.pings).toEqual(['GET /start']);
  answers[0]?.end('OK');
  await until(() => Promise.resolve(answers.length === 2));
  expect(isOver).toBe(false);
  answers[1]?.end('OK');
  await over;
  expect(receiver.pings).toEqual(['GET /start', 'GET']);
});

it('a receiver that does not answer is given up a moment after all else had to end', async () => {
  receiver.setAnswer(() => undefined);
  const began = performance.now();
  // The last step of a deadline comes 4.3 s after it.
  await withPings(pinging(), -4300, () => Promise.resolve(exitCodes.succeeded));
  const tookMs = performance.now() - began;
  expect(tookMs).toBeGreaterThan(250);
  expect(tookMs).toBeLessThan(4500);
});

it('nothing is pinged when no address is set', async () => {
  const session = open({});
  expect(await withPings(session, null, () => Promise.resolve(exitCodes.succeeded))).toBe(0);
  openHeartbeat(session)();
  expect(receiver.pings).toEqual([]);
});

it('a service pings when it has ticked', async () => {
  openHeartbeat(pinging())();
  await until(() => Promise.resolve(receiver.pings.length === 1));
  expect(receiver.pings).toEqual(['GET']);
});
