import { describe, expect, it } from 'vitest';
import {
  findAnswerIssues,
  findLogInIssue,
  findSetupIssue,
  findUpkeepIssues,
} from '../../../../src/health/issues/data-issues.ts';
import type { FindRemedy } from '../../../../src/health/issues/issue.ts';
import { afterNoon, healthFacts, noon, remedyOf } from '../../../support/health-facts.ts';

/** What no issue of this file has. */
const plain = { kind: 'state', since: null, healsItself: false, healsAt: null, runId: null, code: null };

describe('a missing App Key', () => {
  const without: FindRemedy = () => null;

  it('has to be set, but for the data of a sandbox', () => {
    expect(findSetupIssue(healthFacts({ hasAppKey: false }), remedyOf)).toEqual([
      {
        ...{ ...plain, id: 'setup', key: 'setup', severity: 'act', origin: 'operator', path: '/api-status' },
        summary: 'No App Key is set, so nothing can be fetched from 1688.',
        ...{ remedy: 'Set a key.', code: 'CREDENTIALS_MISSING' },
      },
    ]);
    expect(findSetupIssue(healthFacts({ hasAppKey: false, state: { source: null } }), without)).toMatchObject(
      [{ remedy: '' }],
    );
    expect(findSetupIssue(healthFacts({ hasAppKey: false, state: { source: 'sandbox' } }), remedyOf)).toEqual(
      [],
    );
    expect(findSetupIssue(healthFacts(), remedyOf)).toEqual([]);
  });
});

describe('tokens', () => {
  const issuesAt = (logInBy: Date | null) => findLogInIssue(healthFacts({ state: { logInBy } }));

  it('that end in less than a week need a log-in', () => {
    expect(issuesAt(null)).toEqual([]);
    expect(issuesAt(afterNoon(7, 'd'))).toEqual([]);
    expect(issuesAt(afterNoon(7, 'd', -1))).toHaveLength(1);
    expect(issuesAt(afterNoon(6, 'd'))).toEqual([
      {
        ...{ ...plain, id: 'log-in', key: 'log-in', severity: 'act', origin: 'operator' },
        ...{ path: '/api-status', since: afterNoon(-1, 'd') },
        summary: 'The stored tokens expire at 2026-12-01 12:00.',
        remedy: 'Log in again: `catalog-sync auth`.',
      },
    ]);
  });

  it('have expired from their last moment on', () => {
    expect(issuesAt(noon)[0]?.summary).toBe('The stored tokens expired at 2026-11-25 12:00.');
  });
});

describe('answers', () => {
  const waiting = (unloaded: number, unloadedSince: Date) =>
    findAnswerIssues(healthFacts({ state: { unloaded, unloadedSince } }));

  it('that wait for more than a quarter of an hour do not load', () => {
    expect(findAnswerIssues(healthFacts())).toEqual([]);
    expect(waiting(1, afterNoon(-15, 'min'))).toEqual([]);
    expect(waiting(1, afterNoon(-16, 'min'))).toEqual([
      {
        ...{ ...plain, id: 'answers-unloaded', key: 'answers-unloaded', severity: 'act', path: '/runs' },
        ...{ origin: 'catalog-sync', since: afterNoon(-16, 'min') },
        summary: '1 answer is stored but not in the catalog, the first since 2026-11-25 11:44.',
        remedy: 'Read in the log why they do not load. They are loaded later, without any call.',
      },
    ]);
    expect(waiting(1200, afterNoon(-15, 'min', -1))[0]?.summary).toMatch(
      /^1,200 answers are stored but not in the catalog/,
    );
  });

  it('with new fields are an event of the day on which the newest came', () => {
    const newestDriftAt = new Date('2026-11-24T16:00:00Z');
    expect(findAnswerIssues(healthFacts({ state: { newDrifts: 2, newestDriftAt } }))).toEqual([
      {
        ...{
          ...plain,
          id: 'drift',
          key: 'drift:2026-11-25',
          kind: 'event',
          severity: 'warn',
          origin: '1688',
        },
        ...{ since: newestDriftAt, healsItself: true, path: '/problems#drift' },
        summary: "In the last day, 2 fields of 1688's answers changed from the known schema.",
        remedy: expect.stringContaining('`catalog-sync reprocess`') as string,
      },
    ]);
  });

  it('with nothing about a category name the feeds that ask for it', () => {
    const unknownCategories = [
      { categoryId: '54', seenAt: noon, feeds: ['bags', 'cups'] },
      { categoryId: '55', seenAt: noon, feeds: [] },
    ];
    const found = findAnswerIssues(healthFacts({ unknownCategories }));
    expect(found[0]).toEqual({
      ...{ ...plain, id: 'category-unknown', key: 'category-unknown:54', severity: 'act' },
      ...{ origin: 'operator', since: noon, path: '/problems#quarantine' },
      summary:
        '1688 has no category 54, which catalog-sync.yaml names in bags, cups: nothing of it is fetched.',
      remedy: expect.stringContaining('analytics.dim_category') as string,
    });
    expect(found[1]?.summary).toBe('1688 has no category 55: nothing of it is fetched.');
  });
});

describe('what the product needs for itself', () => {
  it('has a partition for each table a week ahead', () => {
    const partitionGaps = ['raw.payload', 'usage.api_call'];
    expect(findUpkeepIssues(healthFacts({ partitionGaps }), remedyOf)).toEqual([
      {
        ...{ ...plain, id: 'partitions', key: 'partitions', severity: 'act', origin: 'operator' },
        ...{ path: '/api-status' },
        summary: 'These tables have no partition for the date in one week: raw.payload, usage.api_call.',
        remedy: 'Run `catalog-sync migrate`, and read in the log of a `worker` why it could not create them.',
      },
    ]);
    expect(findUpkeepIssues(healthFacts(), remedyOf)).toEqual([]);
  });

  it('has a receiver that took one of the last two attempts, where one was made in the last 26 hours', () => {
    const failing = { attempts: 2, attemptedAt: afterNoon(-1, 'h'), failingSince: afterNoon(-2, 'h') };
    const at = (parts: object) =>
      findUpkeepIssues(healthFacts({ delivery: { ...failing, ...parts } }), remedyOf);
    const next = afterNoon(1, 'h');
    expect(at({ errorCode: 'GATEWAY_DOWN', error: 'HTTP 500', nextAttemptAt: next })).toEqual([
      {
        ...{ ...plain, id: 'undelivered', key: 'undelivered', severity: 'act', origin: 'network' },
        ...{ code: 'GATEWAY_DOWN', since: afterNoon(-2, 'h'), healsItself: true, healsAt: next },
        summary: 'Notifications have not arrived since 2026-11-25 10:00 (`GATEWAY_DOWN`): HTTP 500.',
        remedy: '`catalog-sync notify test` shows what the receiver says.',
        path: '/problems',
      },
    ]);
    expect(at({ failingSince: null })).toMatchObject([
      { summary: 'Notifications have not arrived since 2026-11-25 12:00 (``): .', origin: '1688' },
    ]);
    expect(at({ attempts: 1 })).toEqual([]);
    expect(at({ attemptedAt: null })).toEqual([]);
    expect(at({ attemptedAt: afterNoon(-26, 'h') })).toEqual([]);
    expect(at({ attemptedAt: afterNoon(-26, 'h', 1) })).toHaveLength(1);
  });
});
