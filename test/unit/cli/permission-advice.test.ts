import { approvedCalls } from '../../../src/model/approved-calls.ts';
import { describe, expect, it, test } from 'vitest';
import { assessApi, assessApplication } from '../../../src/health/permissions/assess-permission.ts';
import { businessDaysSince, shanghaiDay, startOfShanghaiDay } from '../../../src/core/shanghai-time.ts';
import type { ApiPermission } from '../../../src/model/permission.ts';

const at = (time: string) => new Date(time);
const searchApi = 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1';

describe('business days', () => {
  // 2026-11-20 is a Friday.
  it.each([
    ['2026-11-20T09:00:00+08:00', '2026-11-20T23:59:59+08:00', 0],
    ['2026-11-20T09:00:00+08:00', '2026-11-22T23:59:59+08:00', 0],
    ['2026-11-20T09:00:00+08:00', '2026-11-23T00:00:00+08:00', 1],
    ['2026-11-20T09:00:00+08:00', '2026-11-22T16:00:00Z', 1],
    ['2026-11-20T09:00:00+08:00', '2026-11-27T12:00:00+08:00', 5],
    ['2026-11-21T09:00:00+08:00', '2026-11-23T12:00:00+08:00', 1],
    ['2026-12-30T09:00:00+08:00', '2027-01-04T12:00:00+08:00', 3],
  ])('from %s to %s are %i', (since, now, days) => {
    expect(businessDaysSince(at(since), at(now))).toBe(days);
  });

  it('begin at midnight in Shanghai', () => {
    expect(startOfShanghaiDay('2026-11-20')).toEqual(at('2026-11-19T16:00:00Z'));
    expect(shanghaiDay(at('2026-11-19T16:00:00Z'))).toBe('2026-11-20');
    expect(['2026-02-30', '2026-13-01', '20.11.2026', ''].map(startOfShanghaiDay)).toEqual([
      ...[null, null, null, null],
    ]);
  });
});

describe('advice on an API', () => {
  const friday = at('2026-11-20T00:00:00+08:00');
  const unknown: ApiPermission = {
    ...{ api: searchApi, declared: 'not_applied', declaredAt: null },
    ...{ observed: 'unknown', observedAt: null, observedCallId: null },
    ...{ approvedDaily: null, approvedMonthly: null },
  };
  const advise = (changed: Partial<ApiPermission>, now = '2026-11-23T12:00:00+08:00', isHeld = true) =>
    assessApi(
      { ...unknown, ...changed },
      { operation: 'search.keyword', name: 'product.search.keywordQuery', isHeld, now: at(now) },
    );

  it.each([
    ['declared granted, but declined', { declared: 'granted', observed: 'denied' }, /Contradiction/],
    ['declared pending, but answered', { declared: 'pending', observed: 'allowed' }, /Contradiction/],
    ['declared rejected, but answered', { declared: 'rejected', observed: 'allowed' }, /Contradiction/],
    ['of no such name', { declared: 'granted', observed: 'unsupported' }, /knows no API/],
    ['used up', { declared: 'granted', observed: 'exhausted' }, /permissions resume search.keyword/],
  ] as const)('%s, needs attention', (_, changed, text) => {
    const advice = advise({ ...changed, declaredAt: friday });
    expect(advice).toMatchObject({ needsAttention: true });
    expect(advice?.text).toMatch(text);
  });

  it('says what to apply for when it was declined and nothing is declared', () => {
    expect(advise({ observed: 'denied' })).toMatchObject({ needsAttention: true });
    expect(advise({ observed: 'denied' })?.text).toContain('Apply for product.search.keywordQuery');
  });

  it.each(['pending', 'under_review'] as const)(
    'says when %s takes longer than three business days',
    (declared) => {
      for (const observed of ['unknown', 'denied'] as const) {
        const review = { declared, observed, declaredAt: friday };
        expect(advise(review, '2026-11-25T23:00:00+08:00')).toMatchObject({ needsAttention: false });
        expect(advise(review, '2026-11-26T00:00:00+08:00')).toMatchObject({ needsAttention: true });
        expect(advise(review, '2026-11-26T00:00:00+08:00')?.text).toMatch(
          /Overdue: .* 4 business days.*holidays/,
        );
      }
    },
  );

  it('has none where all is well', () => {
    expect(advise({ observed: 'allowed' })).toBeNull();
    expect(advise({ observed: 'allowed', declared: 'granted', declaredAt: friday })).toBeNull();
  });

  it('waits for the next run when a grant was declared after a refusal', () => {
    const granted = { declared: 'granted', observed: 'denied', declaredAt: friday } as const;
    expect(advise(granted, undefined, false)).toMatchObject({ needsAttention: false });
  });

  it('exists for the application, too', () => {
    const application = {
      declared: 'under_review',
      declaredAt: friday,
      observedAt: null,
      observedCallId: null,
    } as const;
    const now = at('2026-11-27T00:00:00+08:00');
    expect(assessApplication({ ...application, observed: 'unknown' }, now)?.text).toMatch(/Overdue/);
    expect(assessApplication({ ...application, observed: 'allowed' }, now)?.text).toMatch(/Contradiction/);
    expect(assessApplication({ ...application, observed: 'denied' }, now)?.text).toMatch(/App Key/);
  });
});

test('what the sync file says of approved calls wins, number by number', () => {
  const declared = { approvedDaily: 500, approvedMonthly: 15_000 };
  expect(approvedCalls(undefined, declared)).toEqual({ daily: 500, monthly: 15_000 });
  expect(approvedCalls({ daily: 800, monthly: null }, declared)).toEqual({ daily: 800, monthly: 15_000 });
  expect(approvedCalls(undefined, undefined)).toEqual({ daily: null, monthly: null });
});
