import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../../../../src/core/log.ts';
import { Secret } from '../../../../src/core/secret.ts';
import { createPing, keepPinging, type PingEvent } from '../../../../src/health/webhook/create-ping.ts';
import { pingToken, startPingReceiver, type PingReceiver } from '../../../support/ping-receiver.ts';
import { until } from '../../../support/until.ts';

let receiver: PingReceiver;
let written: string;

beforeEach(async () => {
  written = '';
  receiver = await startPingReceiver();
});
afterEach(async () => {
  await receiver.close();
  expect(written).not.toContain(pingToken);
});

const pingTo = (url: string) =>
  createPing(
    new Secret(url),
    createLogger({ level: 'trace', pretty: false, stream: { write: (line) => void (written += line) } }),
  );
const send = (event: PingEvent, url = receiver.url) => pingTo(url)(event, new AbortController().signal);
const lines = () =>
  written
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

it('the event is behind the path, whatever ends or follows it', async () => {
  await send('start');
  await send('success', `${receiver.url}/?status=up`);
  await send('fail', `${receiver.url}/?status=up`);
  expect(receiver.pings).toEqual(['GET /start', 'GET /?status=up', 'GET /fail?status=up']);
  expect(lines()).toEqual([]);
});

it('a receiver in trouble is asked once more, and heard then', async () => {
  receiver.setAnswer((response) => response.writeHead(receiver.pings.length === 1 ? 503 : 200).end());
  await send('success');
  expect(receiver.pings).toEqual(['GET', 'GET']);
  expect(lines()).toEqual([]);
});

it.each([
  [500, 2, 'the receiver answered HTTP 500'],
  [404, 1, 'the receiver answered HTTP 404'],
  [429, 1, 'the receiver answered HTTP 429'],
  [302, 1, 'the receiver answered HTTP 302, a redirect, which is not followed'],
])('HTTP %i is asked %i times and one warning, with the host only', async (status, times, reason) => {
  receiver.setAnswer((response) =>
    response.writeHead(status, { location: receiver.url }).end(`no check ${pingToken}`),
  );
  await send('fail');
  expect(receiver.pings).toHaveLength(times);
  const { host } = new URL(receiver.url);
  expect(lines()).toMatchObject([
    { level: 'warn', msg: 'heartbeat ping failed', host, event: 'fail', reason },
  ]);
});

it('a receiver that is not there is one warning', async () => {
  await receiver.close();
  await send('start');
  expect(lines()).toMatchObject([{ reason: 'the receiver could not be reached (ECONNREFUSED)' }]);
  receiver = await startPingReceiver();
});

it('a receiver that answers and never ends is given up after five seconds', async () => {
  receiver.setAnswer((response) => response.write('O'));
  const beganAt = performance.now();
  await send('success');
  expect(performance.now() - beganAt).toBeLessThan(6500);
  expect(receiver.pings).toHaveLength(1);
  expect(lines()).toMatchObject([{ level: 'warn', reason: 'the receiver did not answer in time' }]);
});

it('a service pings once a minute, also after its clock was set back', async () => {
  let nowMs = 1_800_000_000_000;
  const pingIfDue = keepPinging(pingTo(receiver.url), { now: () => new Date(nowMs) });
  const afterTickIn = async (ms: number, count: number) => {
    nowMs += ms;
    pingIfDue();
    await until(() => receiver.pings.length >= count);
  };
  await afterTickIn(0, 1);
  await afterTickIn(59_999, 1);
  await afterTickIn(1, 2);
  await afterTickIn(-59_999, 2);
  await afterTickIn(-3_600_000, 3);
  expect(receiver.pings).toEqual(['GET', 'GET', 'GET']);
});
