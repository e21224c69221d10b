import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../../src/core/clock.ts';
import { Secret } from '../../../../src/core/secret.ts';
import { createFanOut } from '../../../../src/health/webhook/create-fan-out.ts';
import { createNotifier } from '../../../../src/health/webhook/create-notifier.ts';
import type { NotificationItem } from '../../../../src/model/notification.ts';
import { startReceiver, type Receiver } from '../../../support/receiver.ts';

let [chat, pager]: Receiver[] = [];

beforeEach(async () => {
  [chat, pager] = [await startReceiver('generic'), await startReceiver('generic')];
});
afterEach(async () => {
  await chat?.close();
  await pager?.close();
});

const itemOf = (digit: string, severity: 'act' | 'warn'): NotificationItem => ({
  ...{
    id: digit.repeat(32),
    key: `drift:${digit}`,
    phase: 'begun',
    severity,
    summary: 'It is so.',
    remedy: '',
  },
  ...{ path: '/', since: new Date(0), issueId: 'drift', cause: null, runId: null, code: null, change: null },
});

const open = () => {
  const notifierOf = (receiver: Receiver | undefined) =>
    createNotifier({
      ...{ url: new Secret(receiver?.url ?? ''), format: 'generic', dingTalkSecret: null, siteUrl: null },
      clock: systemClock,
    });
  const fanOut = createFanOut([
    { name: 'all', notifier: notifierOf(chat), severities: ['act', 'warn', 'note'] },
    { name: 'urgent', notifier: notifierOf(pager), severities: ['act'] },
  ]);
  return (...items: NotificationItem[]) =>
    fanOut.send({ source: 'live', items, more: 0, sentAt: new Date(0) }, new AbortController().signal);
};
const phases = () => [chat?.phases, pager?.phases];

test('each item goes to the receivers of its severity, and a message without any is not sent', async () => {
  const send = open();
  await send(itemOf('1', 'act'), itemOf('2', 'warn'));
  expect(phases()).toEqual([['begun drift:1', 'begun drift:2'], ['begun drift:1']]);
  await send(itemOf('3', 'warn'));
  expect(pager?.taken).toHaveLength(1);
});

test('while one receiver takes nothing it fails, and the other one gets nothing twice', async () => {
  const send = open();
  pager?.setTrouble((response) => response.writeHead(500).end('no'));
  await expect(send(itemOf('1', 'act'))).rejects.toMatchObject({ code: 'NOTIFY_UNAVAILABLE' });
  await expect(send(itemOf('1', 'act'), itemOf('2', 'warn'))).rejects.toMatchObject({
    code: 'NOTIFY_UNAVAILABLE',
  });
  expect(phases()).toEqual([['begun drift:1', 'begun drift:2'], []]);
  pager?.setTrouble(null);
  await send(itemOf('1', 'act'), itemOf('2', 'warn'));
  expect(phases()).toEqual([['begun drift:1', 'begun drift:2'], ['begun drift:1']]);
  // What is told again later, such as a reminder, has another id; the same one is new when it was taken by all.
  await send(itemOf('1', 'act'));
  expect(phases()[0]).toHaveLength(3);
});
