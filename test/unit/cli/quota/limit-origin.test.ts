import { describe, expect, it } from 'vitest';
import { findDeclaration, limitAtNextStart, originOf } from '../../../../src/cli/quota/limit-origin.ts';
import { parseSyncFile } from '../../../../src/config/parse-sync-file.ts';
import { listGrantedApis } from '../../../../src/health/permissions/list-permissions.ts';
import type { PeriodKind } from '../../../../src/model/ledger.ts';
import type { ApiPermission } from '../../../../src/model/permission.ts';
import { someLimit } from '../../../support/shown-limits.ts';

const sync = parseSyncFile(
  `account: personal
feeds: [{ name: a, keywords: [包] }]
quotas:
  per_second: 3
  approved: { offer.detail: { daily: 700 } }
  groups:
    - { name: other, operations: [search.image, search.keyword], daily: 30 }
    - { name: all, operations: [offer.detail, search.keyword], daily: 40, monthly: 900 }
`,
  'f',
);
const apiOf = (operation: string) =>
  listGrantedApis(sync).find((granted) => granted.operation === operation)?.api ?? '';
const permissionOf = (api: string): ApiPermission => ({
  ...{ api, declared: 'granted', declaredAt: null, observed: 'unknown', observedAt: null },
  ...{ observedCallId: null, approvedDaily: 500, approvedMonthly: 15_000 },
});
const permissions = [permissionOf('other'), { ...permissionOf(apiOf('offer.detail')), approvedDaily: 600 }];

describe('what declares a limit', () => {
  it.each<[string, PeriodKind, ReturnType<typeof findDeclaration>]>([
    ['offer.detail', 'day', { by: 'quotas.approved', calls: 700 }],
    ['offer.detail', 'month', { by: 'permissions', calls: 15_000 }],
    ['offer.detail', 'minute', null],
    ['offer.detail', 'second', null],
    ['search.keyword', 'day', null],
    ['@all', 'day', { by: 'quotas.groups', calls: 40 }],
    ['@all', 'month', { by: 'quotas.groups', calls: 900 }],
    ['@all', 'minute', { by: 'quotas.groups', calls: null }],
    ['@other', 'month', { by: 'quotas.groups', calls: null }],
    ['@gone', 'day', { by: 'quotas.groups', calls: null }],
  ])('of %s a %s', (name, period, declared) => {
    const api = name.startsWith('@') ? name : apiOf(name);
    expect(findDeclaration({ api, period }, { sync, permissions })).toEqual(declared);
  });

  it('is a permission where no file is, or nothing', () => {
    const api = apiOf('offer.detail');
    expect(findDeclaration({ api, period: 'day' }, { sync: null, permissions })).toEqual({
      ...{ by: 'permissions', calls: 600 },
    });
    expect(findDeclaration({ api: 'none', period: 'month' }, { sync, permissions })).toBeNull();
    expect(findDeclaration({ api: '@all', period: 'day' }, { sync: null, permissions: [] })).toEqual({
      ...{ by: 'quotas.groups', calls: null },
    });
  });
});

it('a limit in effect is from where its number is', () => {
  const declared = { by: 'permissions', calls: 5000 } as const;
  const of = (source: 'preset' | 'configured' | 'observed', period: PeriodKind) =>
    originOf(someLimit({ source, period }), declared);
  expect([of('observed', 'day'), of('preset', 'day'), of('preset', 'second')]).toEqual([
    ...['observed', 'account', 'quotas.per_second'],
  ]);
  expect(of('configured', 'day')).toBe('permissions');
  expect(originOf(someLimit({ source: 'configured' }), { ...declared, calls: 4000 })).toBe('set');
  expect(originOf(someLimit({ source: 'configured' }), null)).toBe('set');
});

it('the next start sets another number only', () => {
  const declared = { by: 'permissions', calls: 5000 } as const;
  const pace = { source: 'preset', period: 'second' } as const;
  const next = (
    changed: object,
    by: Parameters<typeof limitAtNextStart>[1],
    file: typeof sync | null = sync,
  ) => limitAtNextStart(someLimit(changed), by, file);
  expect(next({ callLimit: 4000 }, declared)).toBe(5000);
  expect(next({ callLimit: 5000 }, declared)).toBeNull();
  expect(next({}, null)).toBeNull();
  expect(next({ ...pace, callLimit: 2 }, null)).toBe(3);
  expect(next({ ...pace, callLimit: 3 }, null)).toBeNull();
  expect(next({ ...pace, callLimit: 2 }, declared, null)).toBeNull();
  expect(next({ ...pace, source: 'configured', callLimit: 2 }, null)).toBeNull();
});
