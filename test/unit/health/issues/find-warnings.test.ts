import { expect, it } from 'vitest';
import { describeCause } from '../../../../src/health/issues/describe-cause.ts';
import { findHealthIssues } from '../../../../src/health/issues/find-health-issues.ts';
import { findWarnings } from '../../../../src/health/issues/find-warnings.ts';
import { countOf } from '../../../../src/core/count-of.ts';
import { apiLabel } from '../../../../src/health/issues/issue.ts';
import type { DayQuota, Overview } from '../../../../src/model/overview.ts';
import { afterNoon, healthFacts, noon, remedyOf } from '../../../support/health-facts.ts';

const none = { quarantined1d: 0, drifts1d: 0, givenUp: 0, unloaded: 0 } as Overview;
const quota = { api: 'ns:offers.search:1', remaining: 0, resetAt: null } as DayQuota;
const notes = (counts: Partial<Overview>, ...quotas: readonly DayQuota[]) =>
  findWarnings({ ...none, ...counts }, quotas);

it('what a page only notes needs nobody', () => {
  expect(notes({ drifts1d: 1 })).toEqual([
    {
      ...{ id: 'count', key: 'count:/problems#drift', kind: 'state', severity: 'note', origin: '1688' },
      ...{ since: null, healsItself: true, healsAt: null, runId: null, code: null, remedy: '' },
      summary: '1 field of answers was different from the known schema in the last day.',
      path: '/problems#drift',
    },
  ]);
});

it('a page notes each count that is not 0, in words of one or of many', () => {
  expect(notes({})).toEqual([]);
  const said = (counts: Partial<Overview>) => notes(counts).map(({ summary, path }) => `${path} ${summary}`);
  expect(said({ drifts1d: 2, quarantined1d: 1, givenUp: 1, unloaded: 1 })).toEqual([
    '/problems#drift 2 fields of answers were different from the known schema in the last day.',
    '/problems#quarantine 1 value could not be read in the last day.',
    '/problems#given-up 1 target was given up for now and is retried later.',
    '/runs 1 answer waits to be loaded by the next sync or worker, without any call.',
  ]);
  expect(said({ quarantined1d: 2, givenUp: 1200, unloaded: 3 })).toEqual([
    '/problems#quarantine 2 values could not be read in the last day.',
    '/problems#given-up 1,200 targets were given up for now and are retried later.',
    '/runs 3 answers wait to be loaded by the next sync or worker, without any call.',
  ]);
});

it('a page notes a day of which no call is left', () => {
  expect(notes({ drifts1d: 1 }, { ...quota, remaining: 1 })).toHaveLength(1);
  expect(notes({}, quota, { ...quota, api: '*', resetAt: noon })).toMatchObject([
    {
      ...{ id: 'used-up', key: 'used-up:day:ns:offers.search:1', path: '/usage', severity: 'note' },
      summary: "Today's calls of `offers.search` are used up.",
    },
    { summary: "Today's calls of all APIs are used up; more calls from 2026-11-25 12:00." },
  ]);
});

it('an API is named by the middle of its name', () => {
  expect(['*', 'ns:name:1', 'odd'].map(apiLabel)).toEqual(['all APIs', '`name`', '`odd`']);
  expect([0, 1, 2, 1234].map((amount) => countOf(amount, 'target'))).toEqual([
    ...['0 targets', '1 target', '2 targets', '1,234 targets'],
  ]);
});

it.each([
  ['operator', null, false, null, 'your settings, servers or permissions. It stays until a person acts.'],
  ['catalog-sync', null, true, null, 'catalog-sync itself. It can end by itself.'],
  ['1688', noon, false, noon, '1688, since 2026-11-25 12:00. It stays until a person acts.'],
  [
    ...(['network', noon, true, afterNoon(1, 'h')] as const),
    'the network, since 2026-11-25 12:00. It can end by itself, from 2026-11-25 13:00 at the earliest.',
  ],
] as const)('a cause of %s is told in words', (...[origin, since, healsItself, healsAt, said]) => {
  expect(describeCause({ origin, since, healsItself, healsAt })).toBe(`Cause: ${said}`);
});

it('what needs a person comes first, and what is only noted last', () => {
  const facts = healthFacts({
    ...{ hasAppKey: false, partitionGaps: ['raw.payload'] },
    workers: [
      { host: 'a', pid: 1, code: null, since: noon, isReplaced: true },
      { host: 'b', pid: 1, code: null, since: noon, isReplaced: false },
    ],
    missed: [{ schedule: 'a', missed: 1, newestAt: noon }],
  });
  expect(findHealthIssues(facts, remedyOf).map(({ key }) => key)).toEqual([
    ...['setup', 'partitions', 'worker-lost:b:1:2026-11-25', 'run-missed:a:2026-11-25'],
    'worker-lost:a:1:2026-11-25',
  ]);
});
