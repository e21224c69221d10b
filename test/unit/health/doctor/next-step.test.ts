import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/core/errors.ts';
import { databaseErrors } from '../../../../src/db/errors.ts';
import { extractErrors } from '../../../../src/extract/errors.ts';
import {
  deviates,
  exitCodeOfChecks,
  failed,
  misconfigured,
  ok,
  skip,
  warn,
  type Check,
} from '../../../../src/health/doctor/check.ts';
import { checkQuota } from '../../../../src/health/doctor/check-quota.ts';
import { nextStep } from '../../../../src/health/doctor/run-doctor.ts';
import type { ObservedState } from '../../../../src/model/permission.ts';
import type { QuotaStatus } from '../../../../src/ledger/quota-store.ts';
import { noon } from '../../../support/health-facts.ts';

describe('the next step', () => {
  /** The check of an API, whose words say nothing of its permission. */
  const permissionOf = (check: Check, observed: ObservedState): Check => ({
    ...check,
    permission: { observed, declared: 'not_applied' },
  });
  const denied = permissionOf(warn('permission offer.detail', 'allowed is what it is not', ''), 'denied');
  const allowed = permissionOf(ok('permission search.keyword', ''), 'allowed');
  const unknown = permissionOf(skip('permission search.seller', ''), 'unknown');
  const contract = deviates('contract', '', '');
  const sandbox: Check = { ...ok('gateway', 'mock data'), source: 'sandbox' };
  const firstRun = 'Next: `catalog-sync sync` starts the first run; `catalog-sync status` shows how it went.';
  const advised = 'Next: do what the lines of "permission" advise.';

  it.each([
    ['of nothing', [], firstRun],
    ['of a live gateway', [{ ...ok('gateway', 'SANDBOX: is what it is not'), source: 'live' }], firstRun],
    [
      'of a sandbox',
      [sandbox],
      'Next: `catalog-sync sync` fills the catalog with mock data; docs/go-live.md describes the way to real data.',
    ],
    [
      'of a first failure',
      [denied, misconfigured('b', '', ''), contract],
      'Next: correct "b", then run `catalog-sync doctor` again.',
    ],
    [
      'of a contract that is not kept',
      [ok('b', ''), contract, deviates('c', '', '')],
      'Next: read contract-report.json, and report what differs; a sync may miss data until it is settled.',
    ],
    [
      'of a contract whose key is wrong',
      [contract, misconfigured('b', '', '')],
      'Next: correct "contract", then run `catalog-sync doctor` again.',
    ],
    [
      'of a call that was not made',
      [skip('signed call', ''), warn('token', '', '')],
      'Next: `catalog-sync doctor --yes` makes a signed call, which proves that App Key and App Secret are correct.',
    ],
    ['of what else was not made', [skip('heartbeat', ''), warn('signed call', '', '')], firstRun],
    [
      'of a missing token',
      [warn('token', '', ''), denied],
      'Next: get an access token, as "token" says; until then only categories can be fetched.',
    ],
    ['of another warning', [ok('token', ''), warn('health', '', '')], firstRun],
    [
      'of unknown permissions',
      [unknown, permissionOf(skip('permission image.upload', ''), 'unknown'), sandbox],
      'Next: `catalog-sync doctor --probe` makes one call for each API and shows which ones the app may call; `catalog-sync sync` also finds out.',
    ],
    ['of some that are known', [unknown, allowed], firstRun],
    [
      'of a denied one',
      [allowed, denied],
      `${advised} Meanwhile, \`catalog-sync sync\` fetches the data of the other APIs.`,
    ],
    [
      'of denied ones only',
      [denied, unknown],
      `${advised} Until an API is granted, there is nothing to fetch.`,
    ],
  ] as const)('%s', (_, checks, said) => {
    expect(nextStep(checks)).toBe(said);
  });
});

describe('a check', () => {
  it('has its exit code by what is wrong', () => {
    expect([ok('a', 'b'), warn('a', 'b', 'c'), skip('a', 'b'), skip('a', 'b', 'c')]).toEqual([
      { name: 'a', status: 'ok', message: 'b', advice: null, exitCode: 0 },
      { name: 'a', status: 'warn', message: 'b', advice: 'c', exitCode: 0 },
      { name: 'a', status: 'skip', message: 'b', advice: null, exitCode: 0 },
      { name: 'a', status: 'skip', message: 'b', advice: 'c', exitCode: 0 },
    ]);
    expect(misconfigured('a', 'b', 'c')).toEqual({
      ...{ name: 'a', status: 'fail', message: 'b', advice: 'c', exitCode: 4 },
    });
    expect(deviates('a', 'b', 'c')).toEqual({
      ...{ name: 'a', status: 'fail', message: 'b', advice: 'c', exitCode: 1 },
    });
  });

  it('that failed has the remedy of its error', () => {
    const known = new AppError(databaseErrors.DATABASE_UNREACHABLE, 'gone');
    expect(failed('a', known)).toEqual({
      ...{ name: 'a', status: 'fail', message: 'DATABASE_UNREACHABLE: gone', exitCode: 1 },
      advice: databaseErrors.DATABASE_UNREACHABLE.remedy,
    });
    expect(failed('a', new AppError(extractErrors.GATEWAY_SIGNATURE_REFUSED, 'no')).exitCode).toBe(4);
    expect(failed('a', 'odd')).toEqual({
      ...{ name: 'a', status: 'fail', message: 'odd', advice: null, exitCode: 1 },
    });
  });

  it('that failed decides over those that did not', () => {
    expect(exitCodeOfChecks([])).toBe(0);
    expect(exitCodeOfChecks([ok('a', ''), deviates('b', '', '')])).toBe(1);
    expect(exitCodeOfChecks([misconfigured('c', '', ''), deviates('b', '', '')])).toBe(4);
  });
});

describe('limits', () => {
  const limit = (parts: Partial<QuotaStatus>): QuotaStatus => ({
    ...{ appKey: '1', api: 'n:a.search:1', period: 'day', source: 'preset', isAssumed: false },
    ...{ callLimit: 5000, used: 20, reserved: 0, unknown: 0, external: 0, remaining: 1, resetAt: null },
    ...parts,
  });

  it('are one line for each API, after those that are used up, one line each', () => {
    const checks = checkQuota([
      limit({}),
      limit({ period: 'minute' }),
      limit({ api: 'odd', isAssumed: true }),
      limit({ period: 'month', used: 5000, remaining: 0, resetAt: noon }),
      limit({ api: 'odd', period: 'month', remaining: -1 }),
      limit({ period: 'month', callLimit: 90_000 }),
    ]);
    expect(checks.map(({ status, message }) => `${status} ${message}`)).toEqual([
      'warn a.search: used 5,000 of 5,000 a month, back at 2026-11-25 12:00 (Shanghai)',
      'warn odd: used 20 of 5,000 a month',
      'ok a.search: used 20 of 5,000 a day, 20 of 90,000 a month',
      'ok odd: used 20 of 5,000 a day (assumed)',
    ]);
  });

  it('of other times are not shown', () => {
    expect(checkQuota([limit({ period: 'minute' })])).toMatchObject([
      { status: 'skip', message: 'no limit is known yet: the first run or signed call sets them' },
    ]);
  });
});
