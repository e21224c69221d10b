import { expect, it } from 'vitest';
import { adviseQuota, adviseSpent, formatHoldEnd } from '../../../../src/cli/quota/advise-quota.ts';
import type { QuotaOverview, ShownLimit } from '../../../../src/cli/quota/read-quota.ts';
import { someLimit, someUse } from '../../../support/shown-limits.ts';

const at = (time: string) => new Date(`2026-11-25T${time}:00+08:00`);
const nothing: QuotaOverview = { limits: [], holds: [], pauses: [], waits: [], paces: [] };
const hold: QuotaOverview['holds'][number] = {
  ...{ name: 'offer.detail', api: 'a:x:1', code: 'gw.X', reason: null, heldAt: at('09:00') },
  ...{ heldUntil: null, probeAfter: null },
};
const resume = '`catalog-sync quota resume offer.detail`';

it.each([
  [{}, `until ${resume}`],
  [{ heldUntil: at('10:00') }, `until 2026-11-25 10:00, or ${resume}`],
  [{ probeAfter: at('11:00') }, `until a test call succeeds (next try 2026-11-25 11:00), or ${resume}`],
  [
    { name: '*', heldUntil: at('10:00'), probeAfter: at('11:00') },
    "until a test call succeeds (next try 2026-11-25 11:00), or 2026-11-25 10:00, or `catalog-sync quota resume '*'`",
  ],
])('a hold with %j lasts %s', (ends, text) => {
  expect(formatHoldEnd({ ...hold, ...ends })).toBe(text);
});

it('a hold that only a person ends has another sign than one with an end', () => {
  const holds = [hold, { ...hold, name: '*', reason: 'why', heldUntil: at('10:00') }];
  expect(adviseQuota({ ...nothing, holds })).toEqual([
    `! offer.detail: held since 2026-11-25 09:00 (gw.X) until ${resume}.`,
    "- All APIs together: held since 2026-11-25 09:00 (gw.X: why) until 2026-11-25 10:00, or `catalog-sync quota resume '*'`.",
  ]);
});

it('what counts as spent is to be read in the console', () => {
  const spent = (period: ShownLimit['period'], name = 'offer.detail', isAssumedSpent = true) =>
    someLimit({ name, period, use: someUse({ isAssumedSpent }) });
  const because =
    "as spent, because the calls were counted in another database (a restore or a failover). Read the used calls in 1688's console, then: `catalog-sync quota reconcile --api";
  expect(
    adviseSpent([
      ...[spent('day'), spent('month'), spent('minute'), spent('minute', 'search.image')],
      ...[spent('month', '*'), spent('day', 'search.keyword', false), someLimit({ use: null })],
    ]),
  ).toEqual([
    `! offer.detail: the current day and month count ${because} offer.detail --day N --month N\`.`,
    `! All APIs together: the current month counts ${because} '*' --month N\`.`,
  ]);
});

it('waits for the same are one line, and pauses, paces and numbers of the next start are others', () => {
  const wait = { api: 'a', period: 'day', until: at('12:00') } as const;
  const pace = { appKey: '1', api: '*', perSecond: 0.5, declaredPerSecond: 3, changedAt: null };
  const advice = adviseQuota({
    ...{ limits: [someLimit({ atNextStart: 1400, origin: 'set' })], holds: [] },
    waits: [
      ...[
        { ...wait, name: 'a' },
        { ...wait, name: 'b' },
      ],
      { ...wait, name: 'c', period: 'month' },
    ],
    pauses: [{ api: '*', name: '*', until: at('13:00') }],
    paces: [{ ...pace, name: '*' }],
  });
  expect(advice).toEqual([
    '- a, b: runs wait until 2026-11-25 12:00, because their part of the day is used up.',
    '- c: runs wait until 2026-11-25 12:00, because their part of the month is used up.',
    '- All APIs together: pauses until 2026-11-25 13:00, because 1688 answered that calls are too fast.',
    '- All APIs together: 1688 was found to allow 0.50 of 3.0 calls a second.',
    '- offer.detail: 1,400 a day are declared; the next start of a process sets them.',
  ]);
});

it('that a limit is assumed is said if one is', () => {
  expect(adviseQuota({ ...nothing, limits: [someLimit({ origin: 'set' })] })).toEqual([]);
  const limits = [someLimit({ origin: 'set' }), someLimit()];
  expect(adviseQuota({ ...nothing, limits }).join()).toMatch(/^- assumed: the account type's usual limit/);
});
