import { describe, expect, it } from 'vitest';
import { formatNamedLimit, formatQuota } from '../../../../src/cli/quota/format-quota.ts';
import type { QuotaOverview, ShownLimit } from '../../../../src/cli/quota/read-quota.ts';
import { someLimit, someUse } from '../../../support/shown-limits.ts';
import { textRows } from '../../../support/text-rows.ts';

const resetAt = new Date('2026-11-25T16:00:00Z');
const overview = (...limits: ShownLimit[]): QuotaOverview => ({
  ...{ limits, holds: [], pauses: [], waits: [], paces: [] },
});
const rowsOf = (...limits: ShownLimit[]) => textRows(formatQuota(overview(...limits), null).split('\n\n')[0]);
const used = someUse({ used: 2500, remaining: 2500, resetAt });
const busy = someLimit({
  ...{ period: 'month', callLimit: 150_000, origin: 'permissions', reset: 'rolling' },
  use: someUse({
    ...{ used: 45_000, remaining: 105_000, resetAt: new Date('2026-11-30T17:30:00Z'), usedToday: 1100 },
    ...{ share: 4800, reserved: 1001, unknown: 1002, external: 1003 },
  }),
});
const pace = someLimit({ name: '*', api: '*', period: 'second', callLimit: 1200, use: null, origin: 'set' });

describe('the table', () => {
  it('has what is used and left of each limit, and where it is from', () => {
    expect(rowsOf(someLimit({ use: used }), busy, pace)).toEqual([
      [
        ...['API', 'period', 'used', 'limit', 'left', 'today', 'in flight', 'unknown', 'others', 'resets'],
        'limit from',
      ],
      ['offer.detail', 'day', '█████░░░░░', '2,500', '5,000', '2,500', '11-26', 'assumed'],
      [
        ...['month', '███░░░░░░░', '45,000', '150,000', '105,000', '1,100 of 4,800', '1,001', '1,002'],
        ...['1,003', '12-01 01:30', 'permissions, rolling'],
      ],
      ['*', 'second', '1,200', 'set'],
    ]);
  });

  it('leaves out what is nowhere known', () => {
    expect(rowsOf(someLimit({ use: used }))[0]).toEqual([
      ...['API', 'period', 'used', 'limit', 'left', 'resets', 'limit from'],
    ]);
    const today = someUse({ ...used, share: 10, usedToday: null });
    expect(rowsOf(someLimit({ use: today }))[1]).toContain('0 of 10');
  });

  it.each<[string, Partial<NonNullable<ShownLimit['use']>>, number, number]>([
    ['nothing is used', { used: 0, remaining: 100 }, 100, 0],
    ['little is used', { used: 1, remaining: 99 }, 100, 1],
    ['a tenth and more is used', { used: 19, remaining: 81 }, 100, 1],
    ['little is left', { used: 100, remaining: 1 }, 100, 9],
    ['nothing is left', { used: 100, remaining: 0 }, 100, 10],
    ['more was used', { used: 150, remaining: 0 }, 100, 10],
    ['nothing is allowed', { used: 0, remaining: 0 }, 0, 10],
  ])('has a bar that says that %s', (_, use, callLimit, full) => {
    const [, row] = rowsOf(someLimit({ callLimit, use: someUse(use) }));
    expect(row?.[2]).toBe('█'.repeat(full) + '░'.repeat(10 - full));
  });

  it.each<[ShownLimit['origin'], string]>([
    ['account', 'assumed'],
    ['quotas.per_second', 'file'],
    ['quotas.approved', 'file'],
    ['quotas.groups', 'file'],
    ['permissions', 'permissions'],
    ['set', 'set'],
    ['observed', 'observed'],
  ])('says of %s that it is %s', (origin, word) => {
    expect(rowsOf(someLimit({ use: used, origin }))[1]?.at(-1)).toBe(word);
  });
});

describe('for a terminal', () => {
  const shown = overview(someLimit({ use: used }), busy, pace);
  const width = (text: string) =>
    Math.max(...(text.split('\n\n')[0] ?? '').split('\n').map(({ length }) => length));
  const wide = width(formatQuota(shown, null));

  it('the bar is left out first, then the table becomes blocks', () => {
    expect(formatQuota(shown, wide)).toContain('█');
    const narrow = formatQuota(shown, wide - 1);
    expect(narrow.split('\n\n')[0]).not.toContain('█');
    expect(formatQuota(shown, width(narrow)).split('\n\n')[0]).toBe(narrow.split('\n\n')[0]);
    expect(formatQuota(shown, width(narrow) - 1)).toMatch(/^offer\.detail\n {2}day/);
  });

  it('a block has its lines below its name', () => {
    expect(formatQuota(shown, 60).split('\n\n')[0]).toBe(
      `offer.detail
  day    █████░░░░░ 2,500 of 5,000 used, 2,500 left; resets
         2026-11-26 00:00; assumed
  month  ███░░░░░░░ 45,000 of 150,000 used (1,001 in flight,
         1,002 unknown, 1,003 of others), 105,000 left;
         today 1,100 of 4,800; resets 2026-12-01 01:30;
         permissions, rolling
*
  second at most 1,200 a second; set`,
    );
  });

  it('what is said below is wrapped', () => {
    const last = formatQuota(overview(someLimit({ use: used })), 60).split('\n\n')[1];
    expect(last).toBe(
      `- assumed: the account type's usual limit. Declare the
  approved limit with \`catalog-sync permissions set\`, or in
  quotas.approved of catalog-sync.yaml.
- Times are in Asia/Shanghai.`,
    );
  });
});

it('without a limit there is no table', () => {
  expect(formatQuota(overview(), 80)).toBe(
    'No limit is known yet: the first sync sets those of the account.\n\n- Times are in Asia/Shanghai.',
  );
});

it('a limit in one sentence', () => {
  expect(formatNamedLimit(someLimit({ use: used }))).toBe(
    'offer.detail, day: 2,500 of 5,000 used, 2,500 left; resets 2026-11-26 00:00.',
  );
  expect(formatNamedLimit(someLimit({ use: someUse({ unknown: 1234 }) }))).toBe(
    'offer.detail, day: 0 of 5,000 used (1,234 unknown), 5,000 left.',
  );
  expect(formatNamedLimit(pace)).toBe('All APIs together, second: at most 1,200 a second.');
});
