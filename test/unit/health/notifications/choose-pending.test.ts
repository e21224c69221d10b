import fc from 'fast-check';
import { expect, it } from 'vitest';
import { choosePending } from '../../../../src/health/notifications/choose-pending.ts';
import type { StoredHealthIssue } from '../../../../src/model/notification.ts';

const now = new Date('2026-11-25T12:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

const state: StoredHealthIssue = {
  key: 'log-in',
  kind: 'state',
  severity: 'act',
  summary: 'The stored tokens end.',
  remedy: 'Log in.',
  path: '/api-status',
  beganAt: ago(10),
  endedAt: null,
  notifiedState: null,
  notifiedAt: null,
  issueId: 'log-in',
  origin: 'operator',
  since: ago(20),
  healsItself: false,
  healsAt: null,
  runId: null,
  code: null,
};
const event: StoredHealthIssue = { ...state, key: 'drift', kind: 'event' };

const kinds = (...kept: StoredHealthIssue[]) =>
  choosePending(kept, now).map(({ item, notifiedState }) => `${item.phase} ${item.key}: ${notifiedState}`);

it('a state is sent when it begins, a day after it was sent last, and when it is over', () => {
  expect(kinds(state)).toEqual(['begun log-in: lasting']);
  expect(kinds({ ...state, notifiedState: 'lasting', notifiedAt: ago(24 * 60 - 1) })).toEqual([]);
  expect(kinds({ ...state, notifiedState: 'lasting', notifiedAt: ago(24 * 60) })).toEqual([
    'lasting log-in: lasting',
  ]);
  expect(kinds({ ...state, notifiedState: 'lasting', notifiedAt: ago(40), endedAt: ago(1) })).toEqual([
    'over log-in: over',
  ]);
  expect(kinds({ ...state, notifiedState: 'over', notifiedAt: ago(40), endedAt: ago(50) })).toEqual([]);
});

it('one that ended before it was sent needs no message', () => {
  expect(kinds({ ...state, endedAt: ago(1) })).toEqual([]);
});

it('one that ends and begins again is sent once in half an hour', () => {
  expect(kinds({ ...state, notifiedState: 'lasting', notifiedAt: ago(29), endedAt: ago(1) })).toEqual([]);
  expect(kinds({ ...state, notifiedState: 'lasting', notifiedAt: ago(29) })).toEqual([]);
  expect(kinds({ ...state, notifiedState: 'over', notifiedAt: ago(29) })).toEqual([]);
  expect(kinds({ ...state, notifiedState: 'over', notifiedAt: ago(30) })).toEqual(['begun log-in: lasting']);
});

it('an event is sent once, however late', () => {
  expect(kinds(event)).toEqual(['happened drift: lasting']);
  expect(kinds({ ...event, endedAt: ago(1) })).toEqual(['happened drift: lasting']);
  expect(kinds({ ...event, notifiedState: 'lasting', notifiedAt: ago(10_000) })).toEqual([]);
});

it('what needs an operator comes first, what is over last', () => {
  const over = {
    ...state,
    key: 'a',
    notifiedState: 'lasting',
    notifiedAt: ago(40),
    endedAt: ago(1),
  } as const;
  const still = { ...state, key: 'b', notifiedState: 'lasting', notifiedAt: ago(2000) } as const;
  expect(kinds(over, { ...event, severity: 'warn' }, still, state).map((line) => line.split(':')[0])).toEqual(
    ['begun log-in', 'lasting b', 'happened drift', 'over a'],
  );
});

const instant = fc.integer({ min: 0, max: 3000 }).map(ago);

it('two messages about one issue are half an hour apart, even if it flaps', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (lasting) => {
      let kept: StoredHealthIssue = { ...state, beganAt: ago(lasting.length) };
      const notifiedAtMs: number[] = [];
      lasting.forEach((lasts, minute) => {
        const at = ago(lasting.length - minute);
        kept = { ...kept, endedAt: lasts ? null : (kept.endedAt ?? at) };
        const [phase] = choosePending([kept], at);
        if (!phase) return;
        notifiedAtMs.push(at.getTime());
        kept = { ...kept, notifiedState: phase.notifiedState, notifiedAt: at };
      });
      notifiedAtMs
        .slice(1)
        .forEach((ms, index) => expect(ms - (notifiedAtMs[index] ?? 0)).toBeGreaterThanOrEqual(30 * 60_000));
    }),
  );
});

it('the same item has the same id until it is sent, and another item another id', () => {
  fc.assert(
    fc.property(instant, instant, (beganAt, notifiedAt) => {
      const first = choosePending([{ ...state, beganAt }], now);
      const again = choosePending([{ ...state, beganAt, summary: 'changed' }], ago(-5));
      expect(again.map(({ item }) => item.id)).toEqual(first.map(({ item }) => item.id));
      const over = choosePending(
        [{ ...state, beganAt, notifiedState: 'lasting', notifiedAt, endedAt: ago(1) }],
        now,
      );
      for (const { item } of over) expect(item.id).not.toBe(first[0]?.item.id);
    }),
  );
});
