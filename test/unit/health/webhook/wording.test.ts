import { describe, expect, it } from 'vitest';
import { testMessage } from '../../../../src/health/webhook/test-message.ts';
import {
  adviceOf,
  footerOf,
  labelOf,
  pageUrl,
  tidy,
  titleOf,
} from '../../../../src/health/webhook/wording.ts';
import { noon } from '../../../support/health-facts.ts';
import { notificationItem as item } from '../../../support/notification-items.ts';

describe('text of others', () => {
  it.each([
    ['  a\r\n\tb\u2028c\u202ed ', 'a b c d'],
    ['x'.repeat(400), 'x'.repeat(400)],
    ['x'.repeat(401), `${'x'.repeat(399)}…`],
    [` ${'x'.repeat(400)} `, 'x'.repeat(400)],
  ])('%j is one line of 400 characters at most', (text, line) => {
    expect(tidy(text)).toBe(line);
  });

  it('is not cut within a character', () => {
    expect(tidy(`${'x'.repeat(398)}😀😀`)).toBe(`${'x'.repeat(398)}\ufffd…`);
  });
});

describe('an item', () => {
  it('is new, lasts since a time, or is over', () => {
    const since = noon;
    expect(
      (['begun', 'happened', 'lasting', 'over'] as const).map((phase) => labelOf({ phase, since })),
    ).toEqual(['New', 'New', 'Still, since 2026-11-25 12:00', 'Over']);
  });

  it('says what to do and whose it is, until it is over', () => {
    const cause = 'Cause: 1688. It stays until a person acts.';
    expect(adviceOf(item())).toEqual(['What to do: Look at it.', cause]);
    expect(adviceOf(item({ remedy: '' }))).toEqual([cause]);
    expect(adviceOf(item({ remedy: 'a\nb', cause: null }))).toEqual(['What to do: a b']);
    expect(adviceOf(item({ phase: 'over' }))).toEqual([]);
  });
});

describe('the title', () => {
  const over = item({ phase: 'over' });
  const act = item();
  const warn = item({ severity: 'warn' });

  it.each([
    ['an item', [item({ summary: 'By `ODD`.\n' })], 'By ODD.'],
    ['an item that is over', [item({ phase: 'over', summary: 'By `ODD`.' })], 'over: By ODD.'],
    ['two that need a person', [act, act], '2 things need a person'],
    ['one of each', [act, warn, over], '1 thing needs a person, 1 thing to know, 1 thing is over'],
    ['two to know', [warn, warn], '2 things to know'],
    ['some that are over', [over, over, warn, warn, warn], '3 things to know, 2 things are over'],
  ] as const)('of %s', (_, items, said) => {
    expect(titleOf({ source: 'live', items })).toBe(`catalog-sync: ${said}`);
  });

  it('says that the data is invented', () => {
    expect(titleOf({ source: 'sandbox', items: [act, act] })).toBe(
      'catalog-sync (SANDBOX, using mock data): 2 things need a person',
    );
  });
});

it('a page is behind the address of the pages, where that is known', () => {
  expect(pageUrl(null, '/runs')).toBeNull();
  expect(pageUrl('https://ops.example.com/catalog//', '/runs')).toBe('https://ops.example.com/catalog/runs');
});

it('the last lines count what was left out, and name the time zone', () => {
  expect(footerOf({ items: [], more: 0 })).toEqual([]);
  expect(footerOf({ items: [], more: 1 })).toEqual([
    'And 1 more: the first of the ops pages has all of them.',
  ]);
  expect(footerOf({ items: [], more: 2, later: 1 })).toEqual([
    'And 2 more: the first of the ops pages has all of them.',
    'And 1 more change: the next message has it, and the page /trackers.',
  ]);
  expect(footerOf({ items: [item()], more: 0 })).toEqual(['Times are those of Shanghai.']);
});

it('a test message has an id of its own, by its time', () => {
  const message = testMessage('live', new Date(255));
  expect(message).toMatchObject({ source: 'live', more: 0, sentAt: new Date(255) });
  expect(message.items).toMatchObject([
    { id: `${'0'.repeat(30)}ff`, phase: 'happened', severity: 'note', path: '/', since: new Date(255) },
  ]);
});
