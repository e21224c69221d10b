import { describe, expect, it } from 'vitest';
import type { TroubledRun } from '../../../../src/health/issues/health-store.ts';
import { isHeldAsDeclared } from '../../../../src/health/issues/is-held-as-declared.ts';
import { findRunIssues } from '../../../../src/health/issues/run-issues.ts';
import type { ApiPermission } from '../../../../src/model/permission.ts';
import { targetsPostponed } from '../../../../src/model/run.ts';
import { afterNoon, healthFacts, noon, remedyOf } from '../../../support/health-facts.ts';

const run: TroubledRun = {
  ...{ runId: '7', scope: 'all', status: 'partial_error', cause: 'GATEWAY_DOWN', lastErrorCode: null },
  ...{ errors: 0, postponed: 0, nextTryAt: null, endedAt: afterNoon(-1, 'h'), heardAt: afterNoon(-2, 'h') },
};
const alone =
  'Start `catalog-sync serve` or `worker`, or wait for the next `sync` of the same feeds: it takes the run over.';
const issueOf = (parts: Partial<TroubledRun>) =>
  findRunIssues(healthFacts({ runs: [{ ...run, ...parts }] }), remedyOf)[0];

describe('a run', () => {
  it('that is active and on which no process works needs one', () => {
    expect(issueOf({ endedAt: null })).toEqual({
      ...{ id: 'run-alone', key: 'run-alone:7', kind: 'state', severity: 'act', origin: 'operator' },
      ...{ runId: '7', since: afterNoon(-2, 'h'), healsItself: false, healsAt: null, code: null },
      summary: 'Run 7 (all) is active, but no process works on it.',
      ...{ remedy: alone, path: '/runs/7' },
    });
  });

  it('that the network cut short goes on by itself', () => {
    expect(issueOf({})).toEqual({
      ...{ id: 'run', key: 'run:all:GATEWAY_DOWN:later', kind: 'state', severity: 'warn', origin: 'network' },
      ...{ runId: '7', since: afterNoon(-1, 'h'), healsItself: true, healsAt: null, code: 'GATEWAY_DOWN' },
      ...{
        summary: 'Run 7 (all) is incomplete because of `GATEWAY_DOWN`.',
        remedy: 'Wait.',
        path: '/runs/7',
      },
    });
  });

  it.each([
    ['with targets that failed', { errors: 2 }, 'is incomplete because of `GATEWAY_DOWN`: 2 targets failed.'],
    ['with one that did', { errors: 1 }, 'is incomplete because of `GATEWAY_DOWN`: 1 target failed.'],
    ['that is not tried again', { cause: 'GATEWAY_SHUT' }, 'is incomplete because of `GATEWAY_SHUT`.'],
    ['of an unknown code', { cause: 'ODD' }, 'is incomplete because of `ODD`.'],
    ['of none', { cause: null }, 'is incomplete because of `partial_error`.'],
  ] as const)('%s needs a person', (_, parts, said) => {
    expect(issueOf(parts)).toMatchObject({
      ...{ severity: 'act', healsItself: false, summary: `Run 7 (all) ${said}` },
    });
  });

  it.each([
    ['is incomplete', {}],
    ['failed', { status: 'failed' }],
  ] as const)(
    'that %s because of this machine needs a person, though it can end by itself',
    (said, parts) => {
      expect(issueOf({ cause: 'DISK_FULL', ...parts })).toMatchObject({
        ...{ key: 'run:all:DISK_FULL', severity: 'act', healsItself: true, healsAt: null },
        summary: `Run 7 (all) ${said} because of \`DISK_FULL\`.`,
      });
    },
  );

  it.each([
    ['by a test call', { probeAfter: noon }, { severity: 'act', healsItself: true, healsAt: noon }],
    ['only by a person', {}, { severity: 'act', healsItself: false, healsAt: null }],
  ])('that is held ends as the hold of its code does: %s', (_, parts, ending) => {
    const hold = { api: 'a', code: 'GATEWAY_SHUT', heldAt: noon, heldUntil: null, probeAfter: null };
    const facts = { holds: [{ ...hold, reason: null, ...parts }] };
    const found = (errors: number) =>
      findRunIssues(
        healthFacts({ ...facts, runs: [{ ...run, cause: 'GATEWAY_SHUT', errors }] }),
        remedyOf,
      )[0];
    expect(found(0)).toMatchObject({ ...ending, key: 'run:all:GATEWAY_SHUT' });
    // Targets that were given up stay so.
    expect(found(1)).toMatchObject({ severity: 'act', healsItself: false, healsAt: null });
  });

  it('that the network cut short stays where a hold of its code has no end, and is as urgent as before', () => {
    const hold = { api: 'a', code: 'GATEWAY_DOWN', heldAt: noon, heldUntil: null, probeAfter: null };
    const facts = healthFacts({ runs: [run], holds: [{ ...hold, reason: null }] });
    expect(findRunIssues(facts, remedyOf)).toMatchObject([
      { key: 'run:all:GATEWAY_DOWN:later', severity: 'warn', healsItself: false },
    ]);
  });

  it('is told by its last error where its cause says nothing', () => {
    expect(issueOf({ cause: 'targets_failed', lastErrorCode: 'DISK_FULL' })).toMatchObject({
      ...{ key: 'run:all:DISK_FULL', code: 'DISK_FULL', origin: 'operator', remedy: 'Free space.' },
    });
    expect(issueOf({ cause: 'DISK_FULL', lastErrorCode: 'GATEWAY_DOWN' })?.code).toBe('DISK_FULL');
    expect(issueOf({ cause: null, lastErrorCode: 'ODD' })).toMatchObject({
      ...{ code: 'ODD', remedy: 'Its page shows the cause.', origin: '1688' },
    });
  });

  it('that left targets to a later try needs nothing until then', () => {
    const nextTryAt = afterNoon(1, 'h');
    const left = { cause: targetsPostponed, lastErrorCode: 'GATEWAY_SHUT', postponed: 31, nextTryAt };
    expect(issueOf(left)).toEqual({
      ...{ id: 'run', key: 'run:all:GATEWAY_SHUT:later', kind: 'state', severity: 'warn', origin: '1688' },
      ...{ runId: '7', since: afterNoon(-1, 'h'), healsItself: true, healsAt: nextTryAt },
      ...{ code: 'GATEWAY_SHUT', path: '/runs/7' },
      summary:
        'Run 7 (all) postponed 31 targets because of `GATEWAY_SHUT`; the first is due from 2026-11-25 13:00.',
      remedy: 'Nothing, if a run starts by then. `catalog-sync retry` makes them due at once.',
    });
    expect(issueOf({ ...left, nextTryAt: null })?.severity).toBe('act');
    expect(issueOf({ ...left, cause: 'targets_failed' })?.severity).toBe('act');
  });
});

const permission: ApiPermission = {
  ...{ api: 'a', declared: 'pending', declaredAt: noon, observed: 'denied', observedAt: noon },
  ...{ observedCallId: '1', approvedDaily: null, approvedMonthly: null },
};
const refused = { status: 'partial_error', cause: 'DECLINED', errors: 0 } as const;
const hold = { api: 'a', code: 'DECLINED' };

describe('a refusal', () => {
  it.each([
    ['as declared', {}, {}, [hold], true],
    ['of a run that failed', { status: 'failed' }, {}, [hold], false],
    ['beside targets that failed', { errors: 1 }, {}, [hold], false],
    ['of another code', { cause: 'OTHER' }, {}, [hold], false],
    ['that nothing holds', {}, {}, [], false],
    ['of one API more', {}, {}, [hold, { api: 'b', code: 'OTHER' }], false],
    ['that was never declared', {}, { declaredAt: null }, [hold], false],
    ['of what is declared granted', {}, { declared: 'granted' }, [hold], false],
    ['that no call has shown', {}, { observed: 'unknown' }, [hold], false],
  ] as const)('%s: %j %j', (...[, run, declaration, holds, isExpected]) => {
    expect(isHeldAsDeclared({ ...refused, ...run }, holds, [{ ...permission, ...declaration }])).toBe(
      isExpected,
    );
  });

  it('of two APIs as declared is expected by the code of either', () => {
    const permissions = [permission, { ...permission, api: 'b' }];
    const holds = [{ api: 'b', code: 'OTHER' }, hold];
    expect(isHeldAsDeclared(refused, holds, permissions)).toBe(true);
  });

  it('as declared makes a run that it cut short no more than a note', () => {
    const holds = [{ ...hold, heldAt: noon, heldUntil: null, probeAfter: null, reason: null }];
    const facts = healthFacts({ runs: [{ ...run, cause: 'DECLINED' }], holds, permissions: [permission] });
    expect(findRunIssues(facts, remedyOf)).toMatchObject([{ severity: 'note', healsItself: false }]);
  });
});
