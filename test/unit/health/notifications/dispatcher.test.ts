import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/core/errors.ts';
import { databaseErrors } from '../../../../src/db/errors.ts';
import { createDispatcher } from '../../../../src/health/notifications/create-dispatcher.ts';
import { createOutageNotifier } from '../../../../src/health/notifications/outage-notifier.ts';
import type { NotificationMessage } from '../../../../src/model/notification.ts';
import { createLogger } from '../../../../src/core/log.ts';
import { afterNoon, noon } from '../../../support/health-facts.ts';
import { gap, memoryNotifications, toAll, type Found } from '../../../support/memory-notifications.ts';
import { noOutage } from '../../../support/no-outage.ts';
import { until } from '../../../support/until.ts';

const gone = new AppError(databaseErrors.DATABASE_UNREACHABLE, 'gone');

/** A dispatcher whose clock says noon, until it is set. */
function open(found: Found = {}, finishMs?: number) {
  const at = memoryNotifications(found);
  let now = noon;
  const dispatcher = createDispatcher({
    ...at.deps,
    outageFile: noOutage,
    clock: { now: () => now },
    ...(finishMs === undefined ? {} : { finishMs }),
  });
  const checks = () => at.done.filter((step) => step === 'read').length;
  return { ...at, dispatcher, checks, setClock: (to: Date) => void (now = to) };
}

describe('a dispatcher', () => {
  it('checks once in twenty seconds, also when the clock was set back', async () => {
    const { dispatcher, checks, setClock, messages } = open({ facts: gap });
    const wakeAt = async (time: Date, count: number) => {
      setClock(time);
      dispatcher.wake();
      await until(() => checks() >= count);
      // What is under way ends before the next one.
      await new Promise((resolve) => setImmediate(resolve));
    };
    await wakeAt(noon, 1);
    await wakeAt(afterNoon(20, 's', -1), 1);
    await wakeAt(afterNoon(20, 's'), 2);
    await wakeAt(afterNoon(0, 's', 1), 2);
    await wakeAt(noon, 3);
    await dispatcher.close();
    await wakeAt(afterNoon(1, 'd'), 3);
    expect([checks(), messages.length]).toEqual([3, 3]);
  });

  it('checks once at a time, and its end waits for it', async () => {
    let [release, steps]: [() => void, string[]] = [() => undefined, []];
    const send = () => {
      steps.push('begun');
      return new Promise((resolve) => {
        release = () => {
          steps.push('ended');
          resolve(null);
        };
      });
    };
    const { dispatcher, setClock } = open({ facts: gap, options: { receivers: [toAll({ send })] } });
    dispatcher.wake();
    await until(() => steps.length === 1);
    setClock(afterNoon(1, 'h'));
    dispatcher.wake();
    const closed = dispatcher.close().then(() => steps.push('closed'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(steps).toEqual(['begun']);
    release();
    await closed;
    expect(steps).toEqual(['begun', 'ended', 'closed']);
    steps = [];
  });

  it('checks at its end, whenever the last one was, and again while another process does', async () => {
    const delivery = { checkedAt: noon, attemptedAt: noon };
    const { dispatcher, messages } = open({ facts: { ...gap, delivery } });
    await dispatcher.finish();
    expect(messages).toHaveLength(1);
    const locked = open({ facts: gap, isLocked: true }, 300);
    const beganAt = performance.now();
    await locked.dispatcher.finish();
    expect(performance.now() - beganAt).toBeGreaterThan(290);
    expect(locked.messages).toEqual([]);
  });

  it('never fails, and tells its receiver of an outage at its end', async () => {
    const options = { issues: { read: () => Promise.reject(gone) } };
    const { dispatcher, messages } = open({ options });
    await dispatcher.finish();
    expect(messages.map(({ items }) => items.map(({ key, phase }) => `${phase} ${key}`))).toEqual([
      ['happened database:DATABASE_UNREACHABLE'],
    ]);
    const silent = open({ options: { ...options, receivers: [], changes: failing() } });
    await silent.dispatcher.finish();
    await silent.dispatcher.close();
  });

  it('tells of the end of an outage', async () => {
    let isDown = true;
    const { deps } = memoryNotifications();
    let reads = 0;
    const issues = {
      read: () => {
        reads += 1;
        return isDown ? Promise.reject(gone) : deps.issues.read();
      },
    };
    const { dispatcher, messages, setClock } = open({ options: { issues } });
    for (const second of [0, 20]) {
      setClock(afterNoon(second, 's'));
      dispatcher.wake();
      await until(() => reads === 1 + second / 20);
    }
    await until(() => messages.length === 1);
    isDown = false;
    await dispatcher.finish();
    expect(messages.map(({ items }) => items[0]?.phase)).toEqual(['begun', 'over']);
  });

  it('ends its last check when it is closed, and tells of no outage then', async () => {
    const locked = open({ isLocked: true });
    const beganAt = performance.now();
    const finished = locked.dispatcher.finish();
    await locked.dispatcher.close();
    await finished;
    expect(performance.now() - beganAt).toBeLessThan(5000);
    let fail: () => void = () => undefined;
    const read = () => new Promise<never>((_, reject) => (fail = () => reject(gone)));
    const { dispatcher, messages } = open({ options: { issues: { read } } });
    const ending = dispatcher.finish();
    await new Promise((resolve) => setImmediate(resolve));
    await dispatcher.close();
    fail();
    await ending;
    expect(messages).toEqual([]);
  });

  it('leaves no timer behind', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await open().dispatcher.finish();
    expect(timers()).toBe(before);
  });
});

/** Changes that can not be noted. */
const failing = () => ({ ...memoryNotifications().deps.changes, note: () => Promise.reject(gone) });

describe('an outage', () => {
  const { signal } = new AbortController();

  function openOutages() {
    const messages: NotificationMessage[] = [];
    const logged: string[] = [];
    let [nowMs, isDown] = [noon.getTime(), false];
    const outages = createOutageNotifier({
      file: noOutage,
      notifier: {
        send: (message) => {
          if (isDown) return Promise.reject(new Error('down'));
          messages.push(message);
          return Promise.resolve();
        },
      },
      ...{ source: 'live', clock: { now: () => new Date(nowMs) } },
      log: createLogger({
        level: 'warn',
        pretty: false,
        stream: { write: (line) => void logged.push(line) },
      }),
    });
    const pass = (ms: number) => void (nowMs += ms);
    const failAfter = (ms: number, isLast = false, error = gone) => {
      pass(ms);
      return outages.failed(error, isLast, signal);
    };
    return { outages, messages, logged, pass, failAfter, setDown: (is: boolean) => void (isDown = is) };
  }

  it('is told with its first error, in every field', async () => {
    const { messages, failAfter } = openOutages();
    await failAfter(0);
    await failAfter(14_999);
    expect(messages).toEqual([]);
    await failAfter(1, false, new AppError(databaseErrors.DATABASE_UNREACHABLE, 'gone again'));
    const [message] = messages;
    expect(message).toEqual({
      ...{ source: 'live', more: 0, sentAt: afterNoon(15, 's') },
      items: [
        {
          ...{
            id: message?.items[0]?.id,
            key: 'database:DATABASE_UNREACHABLE',
            phase: 'begun',
            severity: 'act',
          },
          ...{ issueId: 'database', code: 'DATABASE_UNREACHABLE', runId: null, path: '/', since: noon },
          summary:
            "The database can't be used since 2026-11-25 12:00: `DATABASE_UNREACHABLE`. No call is made, and nothing is lost.",
          remedy: gone.kind.remedy,
          cause: { origin: gone.kind.origin, since: noon, healsItself: true, healsAt: null },
          change: null,
        },
      ],
    });
    expect(message?.items[0]?.id).toMatch(/^[0-9a-f]{32}$/);
    await failAfter(60_000);
    expect(messages).toHaveLength(1);
  });

  it.each([
    ['DATABASE_REFUSED', false],
    ['DATABASE_DISK_FULL', true],
  ] as const)('by %s ends by itself: %s', async (code, healsItself) => {
    const { messages, failAfter } = openOutages();
    await failAfter(0, true, new AppError(databaseErrors[code], 'gone'));
    expect(messages[0]?.items[0]).toMatchObject({ severity: 'act', cause: { healsItself, healsAt: null } });
  });

  it('that nobody was told of has no end to tell, and the next one begins anew', async () => {
    const { outages, messages, failAfter } = openOutages();
    await failAfter(0);
    await outages.answered(signal);
    await failAfter(15_000);
    expect(messages).toEqual([]);
    await failAfter(15_000);
    expect(messages[0]?.items[0]?.since).toEqual(afterNoon(15, 's'));
  });

  it('whose end does not arrive is told again', async () => {
    const { outages, messages, logged, failAfter, setDown } = openOutages();
    await failAfter(0);
    await failAfter(15_000);
    setDown(true);
    await outages.answered(signal);
    expect(logged).toHaveLength(1);
    setDown(false);
    await outages.answered(signal);
    await outages.answered(signal);
    expect(messages.map(({ items }) => items[0]?.phase)).toEqual(['begun', 'over']);
    expect(messages[0]?.items[0]?.id).not.toBe(messages[1]?.items[0]?.id);
  });

  it('that a process tells of at its end is an event: no process can tell of its end', async () => {
    const { outages, messages, failAfter } = openOutages();
    await failAfter(0, true);
    await outages.answered(signal);
    expect(messages.map(({ items }) => items[0]?.phase)).toEqual(['happened']);
  });

  it('is no warning where the process has ended', async () => {
    const { outages, logged, setDown } = openOutages();
    setDown(true);
    await outages.failed(gone, true, AbortSignal.abort());
    expect(logged).toEqual([]);
    await outages.failed(new AppError(databaseErrors.DATABASE_REJECTED, 'a bug'), true, signal);
    expect(logged).toEqual([]);
  });
});
