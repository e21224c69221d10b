import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chooseNews } from '../../../src/jobs/notifications/choose-news.ts';
import type { KeptConcern } from '../../../src/model/notification.ts';

const now = new Date('2026-11-25T12:00:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

const state: KeptConcern = {
  key: 'log-in',
  kind: 'state',
  severity: 'act',
  summary: 'The stored tokens end.',
  remedy: 'Log in.',
  path: '/api-status',
  beganAt: ago(10),
  endedAt: null,
  told: null,
  toldAt: null,
};
const event: KeptConcern = { ...state, key: 'drift', kind: 'event' };

const kinds = (...kept: KeptConcern[]) =>
  chooseNews(kept, now).map(({ item, told }) => `${item.news} ${item.key}: ${told}`);

it('a state is told when it begins, a day after it was told last, and when it is over', () => {
  expect(kinds(state)).toEqual(['begun log-in: lasting']);
  expect(kinds({ ...state, told: 'lasting', toldAt: ago(24 * 60 - 1) })).toEqual([]);
  expect(kinds({ ...state, told: 'lasting', toldAt: ago(24 * 60) })).toEqual(['lasting log-in: lasting']);
  expect(kinds({ ...state, told: 'lasting', toldAt: ago(40), endedAt: ago(1) })).toEqual([
    'over log-in: over',
  ]);
  expect(kinds({ ...state, told: 'over', toldAt: ago(40), endedAt: ago(50) })).toEqual([]);
});

it('one that came and went before anybody was told is no news', () => {
  expect(kinds({ ...state, endedAt: ago(1) })).toEqual([]);
});

it('one that ends and begins anew is told of once in half an hour', () => {
  expect(kinds({ ...state, told: 'lasting', toldAt: ago(29), endedAt: ago(1) })).toEqual([]);
  expect(kinds({ ...state, told: 'lasting', toldAt: ago(29) })).toEqual([]);
  expect(kinds({ ...state, told: 'over', toldAt: ago(29) })).toEqual([]);
  expect(kinds({ ...state, told: 'over', toldAt: ago(30) })).toEqual(['begun log-in: lasting']);
});

it('an event is told once, however late', () => {
  expect(kinds(event)).toEqual(['happened drift: lasting']);
  expect(kinds({ ...event, endedAt: ago(1) })).toEqual(['happened drift: lasting']);
  expect(kinds({ ...event, told: 'lasting', toldAt: ago(10_000) })).toEqual([]);
});

it('what needs a person comes first, what is over last', () => {
  const over = { ...state, key: 'a', told: 'lasting', toldAt: ago(40), endedAt: ago(1) } as const;
  const still = { ...state, key: 'b', told: 'lasting', toldAt: ago(2000) } as const;
  expect(kinds(over, { ...event, severity: 'warn' }, still, state).map((line) => line.split(':')[0])).toEqual(
    ['begun log-in', 'lasting b', 'happened drift', 'over a'],
  );
});

const instant = fc.integer({ min: 0, max: 3000 }).map(ago);

it('whatever flaps, two messages about one concern are half an hour apart', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (lasting) => {
      let kept: KeptConcern = { ...state, beganAt: ago(lasting.length) };
      const toldAtMs: number[] = [];
      lasting.forEach((lasts, minute) => {
        const at = ago(lasting.length - minute);
        kept = { ...kept, endedAt: lasts ? null : (kept.endedAt ?? at) };
        const [news] = chooseNews([kept], at);
        if (!news) return;
        toldAtMs.push(at.getTime());
        kept = { ...kept, told: news.told, toldAt: at };
      });
      toldAtMs
        .slice(1)
        .forEach((ms, index) => expect(ms - (toldAtMs[index] ?? 0)).toBeGreaterThanOrEqual(30 * 60_000));
    }),
  );
});

it('the same news has the same id until it is told, and other news another', () => {
  fc.assert(
    fc.property(instant, instant, (beganAt, toldAt) => {
      const first = chooseNews([{ ...state, beganAt }], now);
      const again = chooseNews([{ ...state, beganAt, summary: 'changed' }], ago(-5));
      expect(again.map(({ item }) => item.id)).toEqual(first.map(({ item }) => item.id));
      const over = chooseNews([{ ...state, beganAt, told: 'lasting', toldAt, endedAt: ago(1) }], now);
      for (const { item } of over) expect(item.id).not.toBe(first[0]?.item.id);
    }),
  );
});
