import { expect, it } from 'vitest';
import { formatPermissions } from '../../../../src/cli/permissions/format-permissions.ts';
import type { PermissionReport, PermissionRow } from '../../../../src/health/permissions/list-permissions.ts';
import { textRows } from '../../../support/text-rows.ts';

const friday = new Date('2026-11-19T16:00:00Z');
const granted: PermissionRow = {
  ...{ operation: 'offer.detail', api: 'a:x.detail:1', name: 'x.detail', guideNames: ['old.one', 'old.two'] },
  ...{ declared: 'granted', declaredAt: friday, observed: 'allowed', observedAt: friday },
  ...{ observedCallId: '77', approvedDaily: 1500, approvedMonthly: null, probeAfter: null, isHeld: false },
  ...{ approved: { daily: 1500, monthly: null }, advice: null },
};
const unknown: PermissionRow = {
  ...{ ...granted, operation: 'search.keyword', name: 'x.search', guideNames: [], declaredAt: null },
  ...{ declared: 'not_applied', observed: 'unknown', observedAt: null, observedCallId: null },
  approved: { daily: null, monthly: null },
};
const application: PermissionReport['application'] = {
  ...{ declared: 'under_review', declaredAt: friday, observed: 'denied', observedAt: friday },
  ...{ observedCallId: '78', advice: null },
};
const report = (...apis: PermissionRow[]): PermissionReport => ({ application, apis });
const headers = ['operation', 'API', 'guides say', 'declared', 'observed', 'a day / a month', 'next try'];
const ofApplication = ['(application)', 'under_review 审核中 2026-11-20', 'denied 2026-11-20, call 78'];
const probes =
  '- unknown: the first call of an API shows its state; `catalog-sync doctor --probe` makes that call now.';

it('an API has what is declared, observed and approved; other names of guides have lines of their own', () => {
  expect(textRows(formatPermissions(report(granted, unknown), null))).toEqual([
    headers,
    ofApplication,
    [
      ...['offer.detail', 'x.detail', 'old.one', 'granted 已通过 2026-11-20'],
      ...['allowed 2026-11-20, call 77', '1,500 / preset'],
    ],
    ['old.two'],
    ['search.keyword', 'x.search', 'unknown', 'preset'],
    [''],
    [probes],
  ]);
});

it('a month alone is approved beside the preset of a day', () => {
  const row = { ...granted, approved: { daily: null, monthly: 45_000 } };
  expect(formatPermissions(report(row), null)).toContain(' preset / 45,000');
});

it('a held API says when it is tried next', () => {
  const next = (changed: Partial<PermissionRow>) =>
    textRows(formatPermissions(report({ ...granted, ...changed }), null))[2]?.slice(6);
  expect(next({ isHeld: true, probeAfter: new Date('2026-11-25T16:00:00Z') })).toEqual([
    'from 2026-11-26 00:00',
  ]);
  expect(next({ isHeld: true })).toEqual(['when resumed']);
  expect(next({})).toEqual([]);
  const probeAfter = new Date('2026-11-25T16:00:00Z');
  const below = (row: PermissionRow) => formatPermissions(report(row), null).split('\n\n').slice(1);
  expect(below({ ...granted, isHeld: true, probeAfter })).toEqual(['- Times are in Asia/Shanghai.']);
  expect(below({ ...granted, isHeld: true })).toEqual([]);
});

it('probing is advised while an API is unknown that can be probed', () => {
  const textOf = (row: PermissionRow) => formatPermissions(report(row), null);
  expect(textOf(unknown).endsWith(`\n\n${probes}`)).toBe(true);
  expect(textOf({ ...unknown, operation: 'image.upload' })).not.toContain(probes);
  expect(textOf(granted)).not.toContain(probes);
  expect(textOf({ ...granted, guideNames: [] }).endsWith('preset')).toBe(true);
});

it('advice has the sign of what needs attention, and is wrapped for a terminal', () => {
  const text = 'this is a line that is longer than forty cells are.';
  const withAdvice = {
    application: { ...application, advice: { text: 'go on.', needsAttention: false } },
    apis: [{ ...granted, advice: { text, needsAttention: true } }],
  };
  const below = (columns: number | null) =>
    formatPermissions(withAdvice, columns).split('\n\n').slice(1).join();
  expect(below(null)).toBe(`- application: go on.\n! offer.detail: ${text}`);
  expect(below(40)).toBe(
    '- application: go on.\n! offer.detail: this is a line that is\n  longer than forty cells are.',
  );
});

it('it is blocks of lines for a terminal that has no room for the table', () => {
  const shown = report(granted, { ...unknown, isHeld: true });
  // The widest line of the table is that of its rule.
  const width = formatPermissions(shown, null).split('\n')[1]?.length ?? 0;
  expect(formatPermissions(shown, width)).toMatch(/^operation /);
  expect(formatPermissions(shown, width - 1).split('\n\n')[0]).toBe(
    `(application)      denied 2026-11-20, call 78
                   declared under_review 审核中 2026-11-20
offer.detail       x.detail
                   guides say old.one
                   guides say old.two
                   allowed 2026-11-20, call 77
                   declared granted 已通过 2026-11-20
                   a day / a month: 1,500 / preset
search.keyword     x.search
                   unknown
                   a day / a month: preset
                   next try when resumed`,
  );
});
