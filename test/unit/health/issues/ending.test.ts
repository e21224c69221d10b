import { describe, expect, it } from 'vitest';
import type { Origin } from '../../../../src/core/errors.ts';
import { findRemedy } from '../../../../src/app/find-remedy.ts';
import { endingOfCode, endingOfHold, endsByItself } from '../../../../src/health/issues/ending.ts';
import { findHealthIssues } from '../../../../src/health/issues/find-health-issues.ts';
import type { TroubledRun } from '../../../../src/health/issues/health-store.ts';
import { afterNoon, healthFacts, noon } from '../../../support/health-facts.ts';

const [sooner, later] = [afterNoon(1, 'h'), afterNoon(2, 'h')];
const never = { healsItself: false, healsAt: null };
const sometime = { healsItself: true, healsAt: null };

it('what is tried again or waits ends by itself, and what ends runs only if it is a fault of others', () => {
  const all = ['retry', 'throttle', 'skip', 'fail', 'stop-api', 'halt'] as const;
  const endingOf = (origin: Origin) => all.filter((recovery) => endsByItself({ recovery, origin }));
  expect(endingOf('operator')).toEqual(['retry', 'throttle']);
  expect(endingOf('1688')).toEqual(['retry', 'throttle', 'halt']);
});

it('a hold ends by its test call, or else by its time', () => {
  expect(endingOfHold({ probeAfter: sooner, heldUntil: later })).toEqual({
    ...{ healsItself: true, healsAt: sooner },
  });
  expect(endingOfHold({ probeAfter: null, heldUntil: later })).toEqual({ healsItself: true, healsAt: later });
  expect(endingOfHold({ probeAfter: null, heldUntil: null })).toEqual(never);
});

describe('a code', () => {
  const code = 'gw.NoUsageLeftError';
  const hold = (heldUntil: Date | null, of = code) => ({ code: of, heldUntil, probeAfter: null });

  it('ends as the last hold of it does', () => {
    const holds = [hold(sooner), hold(later), hold(null, 'HELD_BY_HAND')];
    expect(endingOfCode(code, holds, findRemedy)).toEqual({ healsItself: true, healsAt: later });
    expect(endingOfCode(code, holds.toReversed(), findRemedy).healsAt).toEqual(later);
  });

  it('stays with one hold that has no end, whatever its kind is', () => {
    const down = 'GATEWAY_UNREACHABLE';
    expect(endingOfCode(code, [hold(later), hold(null)], findRemedy)).toEqual(never);
    expect(endingOfCode(down, [hold(null, down)], findRemedy)).toEqual(never);
  });

  it.each([
    ['REDIS_UNREACHABLE', sometime],
    ['DATABASE_DISK_FULL', sometime],
    ['GATEWAY_UNREACHABLE', sometime],
    ['gw.QosAPIFrequencyLimit', sometime],
    ['AUTH_REFRESH_UNAVAILABLE', sometime],
    ['AUTH_REFRESH_REFUSED', never],
    ['DATABASE_REFUSED', never],
    ['gw.NoUsageLeftError', never],
    ['GATEWAY_BUSINESS_REFUSED', never],
    ['STORED_ANSWER_UNREADABLE', never],
    ['ODD', never],
  ])('%s that nothing holds ends by its kind', (one, ending) => {
    expect(endingOfCode(one, [hold(sooner, 'another')], findRemedy)).toEqual(ending);
  });
});

it('issues of one code end alike', () => {
  const run: TroubledRun = {
    ...{ runId: '7', scope: 'all', status: 'partial_error', cause: null, lastErrorCode: null, errors: 0 },
    ...{ postponed: 0, nextTryAt: null, endedAt: noon, heardAt: noon },
  };
  const hold = { api: 'a', heldAt: noon, heldUntil: null, probeAfter: later, reason: null };
  const found = findHealthIssues(
    healthFacts({
      runs: [
        { ...run, cause: 'REDIS_UNREACHABLE' },
        { ...run, cause: 'gw.NoUsageLeftError' },
      ],
      workers: [{ host: 'a', pid: 1, code: 'REDIS_UNREACHABLE', since: noon, isReplaced: false }],
      holds: [{ ...hold, code: 'gw.NoUsageLeftError' }],
    }),
    findRemedy,
  );
  const endings = found.map(({ id, code, severity, healsItself, healsAt }) => [
    ...[id, code, severity, healsItself, healsAt],
  ]);
  expect(endings).toEqual([
    ['worker-failing', 'REDIS_UNREACHABLE', 'act', true, null],
    ['run', 'REDIS_UNREACHABLE', 'act', true, null],
    ['run', 'gw.NoUsageLeftError', 'act', true, later],
    ['hold', 'gw.NoUsageLeftError', 'act', true, later],
  ]);
});
