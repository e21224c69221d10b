import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/core/errors.ts';
import { sendNotifications } from '../../../../src/health/notifications/send-notifications.ts';
import { notifyErrors } from '../../../../src/health/webhook/errors.ts';
import { afterNoon, noon } from '../../../support/health-facts.ts';
import type { NotificationMessage, Receiver } from '../../../../src/model/notification.ts';
import {
  gap,
  memoryNotifications,
  toAll,
  toUrgent,
  type Found,
} from '../../../support/memory-notifications.ts';
import { trackedChange } from '../../../support/notification-items.ts';

/** One check at noon. */
async function check(found: Found, { isLast = false, signal = new AbortController().signal } = {}) {
  const at = memoryNotifications(found);
  const isDone = await sendNotifications(at.deps, { isLast, signal });
  return { ...at, isDone, isSent: at.done.includes('send') };
}

type Delivery = NonNullable<NonNullable<Found['facts']>['delivery']>;
const isSentAfter = async (delivery: Delivery, isLast = false) =>
  (await check({ facts: { ...gap, delivery } }, { isLast })).isSent;

const refusalOf = (code: keyof typeof notifyErrors, retryAfterMs?: number) => () =>
  new AppError(notifyErrors[code], 'said no', retryAfterMs === undefined ? {} : { retryAfterMs });

const changesOf = (count: number, total = count) => ({
  changes: Array.from({ length: count }, (_, index) => trackedChange({ changeId: String(index) })),
  total,
});
/** So many issues: processes that were lost. */
const lost = (count: number) => ({
  workers: Array.from({ length: count }, (_, index) => ({
    ...{ host: 'a', pid: index, code: null, since: noon, isReplaced: false },
  })),
});

describe('a check', () => {
  it('sends what was found, and notes it when it has arrived', async () => {
    const { done, messages, isDone } = await check({ facts: gap, pending: changesOf(2) });
    expect(done).toEqual([
      ...['note 0 true', 'read', 'checked', 'merge partitions', 'pending 20', 'send'],
      ...['delivered partitions:lasting', 'sent 0,1'],
    ]);
    expect(messages).toMatchObject([{ source: 'live', more: 0, sentAt: noon }]);
    expect(messages[0]?.items.map(({ key }) => key)).toEqual([
      ...['partitions', 'tracker:cups:610:price_down', 'tracker:cups:610:price_down'],
    ]);
    expect(isDone).toBe(true);
  });

  it('that finds nothing sends nothing', async () => {
    const { done, isDone } = await check({});
    expect(done).toEqual(['note 0 true', 'read', 'checked', 'merge ', 'pending 20']);
    expect(isDone).toBe(true);
  });

  it('notes no change as sent where there was none', async () => {
    expect((await check({ facts: gap })).done.at(-1)).toBe('delivered partitions:lasting');
    expect((await check({ pending: changesOf(1) })).done.slice(-2)).toEqual(['delivered ', 'sent 0']);
  });

  it('leaves out what is only noted, and that nothing can be sent', async () => {
    const [one] = lost(1).workers;
    const workers = one === undefined ? [] : [{ ...one, isReplaced: true }];
    const delivery = { attempts: 2, attemptedAt: afterNoon(-1, 'h') };
    expect((await check({ facts: { ...gap, workers, delivery } })).done).toContain('merge partitions');
  });

  it('without a receiver only notes what trackers notice', async () => {
    const options = { receivers: [] };
    const { done, isDone } = await check({ facts: gap, options });
    expect({ done, isDone }).toEqual({ done: ['note 0 false'], isDone: true });
  });

  it('sends no change where nobody takes them', async () => {
    const messages: NotificationMessage[] = [];
    const send = (message: NotificationMessage) => Promise.resolve(messages.push(message));
    const options = { receivers: [toUrgent({ send })] };
    const { done, isDone } = await check({ facts: gap, pending: changesOf(2), options });
    expect(done.filter((step) => /^(note|pending|sent)/.test(step))).toEqual(['note 0 false']);
    expect({ items: messages[0]?.items.length, isDone }).toEqual({ items: 1, isDone: true });
  });

  it('while another process makes one does nothing, and is not done', async () => {
    expect(await check({ facts: gap, isLocked: true })).toMatchObject({ done: [], isDone: false });
  });
});

describe('a message', () => {
  it('has room for twenty, issues before changes, and counts the others', async () => {
    const full = await check({ facts: lost(22), pending: changesOf(3, 5) });
    expect(full.messages[0]?.items).toHaveLength(20);
    expect(full.messages[0]?.items.every(({ issueId }) => issueId === 'worker-lost')).toBe(true);
    expect(full.messages[0]).toMatchObject({ more: 2, later: 5 });
    expect(full.done.filter((step) => step.startsWith('sent'))).toEqual([]);
    expect(full.done.at(-1)?.split(',')).toHaveLength(22);
    expect(full.isDone).toBe(false);
  });

  it('says of no changes that come later to a receiver that gets none', async () => {
    const later: (number | undefined)[] = [];
    const send = (message: NotificationMessage) => Promise.resolve(later.push(message.later));
    const options = { receivers: [toAll({ send }), toUrgent({ send })] };
    await check({ facts: gap, pending: changesOf(1, 8), options });
    expect(later).toEqual([7, 0]);
  });

  it('fills the rest with changes', async () => {
    const mixed = await check({ facts: lost(18), pending: changesOf(5) });
    expect(mixed.messages[0]).toMatchObject({ more: 0, later: 3 });
    expect(mixed.done.at(-1)).toBe('sent 0,1');
    expect(mixed.isDone).toBe(false);
    expect((await check({ facts: lost(18), pending: changesOf(2) })).isDone).toBe(true);
    expect((await check({ pending: changesOf(20, 21) })).isDone).toBe(false);
  });
});

describe('the time of a check', () => {
  const isMadeAfter = async (checkedAt: Date | null, isLast = false) =>
    (await check({ facts: { delivery: { checkedAt } } }, { isLast })).done.includes('checked');

  it('is twenty seconds after the last one, also when the clock was set back, and any at the end', async () => {
    expect(await isMadeAfter(null)).toBe(true);
    expect(await isMadeAfter(afterNoon(-20, 's'))).toBe(true);
    expect(await isMadeAfter(afterNoon(-20, 's', 1))).toBe(false);
    expect(await isMadeAfter(afterNoon(20, 's', -1))).toBe(false);
    expect(await isMadeAfter(afterNoon(20, 's'))).toBe(true);
    expect(await isMadeAfter(noon, true)).toBe(true);
  });
});

describe('the time of a message', () => {
  it('is a minute after the last one, and any at the end', async () => {
    expect(await isSentAfter({ attemptedAt: afterNoon(-60, 's') })).toBe(true);
    expect(await isSentAfter({ attemptedAt: afterNoon(-60, 's', 1) })).toBe(false);
    expect(await isSentAfter({ attemptedAt: afterNoon(-60, 's', 1) }, true)).toBe(true);
  });

  it('is not before a pause is over, but for the end of a process whose receiver is not too busy', async () => {
    const pausing = { attemptedAt: afterNoon(-30, 'min'), nextAttemptAt: afterNoon(0, 's', 1) };
    expect(await isSentAfter(pausing)).toBe(false);
    expect(await isSentAfter({ ...pausing, nextAttemptAt: noon })).toBe(true);
    expect(await isSentAfter({ ...pausing, errorCode: 'NOTIFY_UNAVAILABLE' }, true)).toBe(true);
    expect(await isSentAfter({ ...pausing, errorCode: 'NOTIFY_THROTTLED' }, true)).toBe(false);
  });

  it('waits for no pause of more than an hour, which a clock that was set back would make', async () => {
    const nextAttemptAt = afterNoon(9, 'd');
    expect(await isSentAfter({ nextAttemptAt, attemptedAt: afterNoon(-1, 'h', 1) })).toBe(false);
    expect(await isSentAfter({ nextAttemptAt, attemptedAt: afterNoon(-1, 'h') })).toBe(true);
    expect(await isSentAfter({ nextAttemptAt, attemptedAt: null })).toBe(true);
  });
});

describe('a message that does not arrive', () => {
  const pauseAfter = async (attempts: number, refusal: () => Error) => {
    const { done, isDone } = await check({ facts: { ...gap, delivery: { attempts } }, refusal });
    expect(isDone).toBe(true);
    return done.at(-1);
  };

  it.each([
    [0, 30_000],
    [1, 60_000],
    [2, 120_000],
    [6, 1_920_000],
    [7, 3_600_000],
    [5000, 3_600_000],
  ])('after %i others is sent again in %i ms', async (attempts, ms) => {
    expect(await pauseAfter(attempts, refusalOf('NOTIFY_UNAVAILABLE'))).toBe(
      `undelivered NOTIFY_UNAVAILABLE (said no) ${String(ms)}`,
    );
  });

  it('waits as long as the receiver asks for, an hour at most, and no less than otherwise', async () => {
    const asked = (ms: number) => pauseAfter(0, refusalOf('NOTIFY_THROTTLED', ms));
    expect(await asked(40_000)).toBe('undelivered NOTIFY_THROTTLED (said no) 40000');
    expect(await asked(20_000)).toBe('undelivered NOTIFY_THROTTLED (said no) 30000');
    expect(await asked(4_000_000)).toBe('undelivered NOTIFY_THROTTLED (said no) 3600000');
  });

  it('leaves what the other receiver took noted for that one', async () => {
    const refuse = { send: () => Promise.reject(refusalOf('NOTIFY_REFUSED')()) };
    const take = { send: () => Promise.resolve() };
    const after = async (...receivers: Receiver[]) => {
      const { done } = await check({ facts: gap, pending: changesOf(2), options: { receivers } });
      return done.slice(done.indexOf('pending 20') + 1);
    };
    const failed = 'undelivered NOTIFY_REFUSED (said no) 30000';
    expect(await after(toAll(take), toUrgent(refuse))).toEqual([
      ...['delivered all false partitions:lasting', 'sent 0,1', failed],
    ]);
    expect(await after(toAll(refuse), toUrgent(take))).toEqual([
      ...['delivered urgent false partitions:lasting', failed],
    ]);
    expect(await after(toAll(take), toUrgent(take))).toEqual([
      ...['delivered partitions:lasting', 'sent 0,1', 'delivered urgent true partitions:lasting'],
    ]);
  });

  it('is no failure of the receiver where the sender ended, or the error is another one', async () => {
    const ended = new AbortController();
    const abort = () => {
      ended.abort();
      return refusalOf('NOTIFY_UNAVAILABLE')();
    };
    const aborted = memoryNotifications({ facts: gap, refusal: abort });
    const options = { isLast: false, signal: ended.signal };
    await expect(sendNotifications(aborted.deps, options)).rejects.toThrow('said no');
    expect(aborted.done.at(-1)).toBe('pending 20');
    await expect(check({ facts: gap, refusal: () => new Error('odd') })).rejects.toThrow('odd');
  });
});
