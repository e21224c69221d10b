import { describe, expect, test } from 'vitest';
import { checkPermissions } from '../../../../src/health/doctor/check-permissions.ts';
import { describeApis } from '../../../../src/health/permissions/list-permissions.ts';
import type { ApiPermission } from '../../../../src/model/permission.ts';

const now = new Date('2026-11-25T00:00:00Z');

describe('permissions', () => {
  const detail = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';
  const held = { code: 'gw.APIACLDecline', heldAt: now, heldUntil: null, reason: null } as const;
  /** What is said of the detail API. */
  const observation = (parts: Partial<ApiPermission>, probeAfter?: Date | null, note?: string) => {
    const permission: ApiPermission = {
      ...{ api: detail, observed: 'unknown', observedAt: null, observedCallId: null },
      ...{ declared: 'not_applied', declaredAt: null, approvedDaily: null, approvedMonthly: null },
      ...parts,
    };
    const holds = probeAfter === undefined ? [] : [{ ...held, api: detail, probeAfter }];
    const apis = describeApis({ known: [permission], holds, sync: null, now });
    const notes = new Map(note === undefined ? [] : [['offer.detail', note] as const]);
    return checkPermissions({ apis, notes, now }).find(({ name }) => name === 'permission offer.detail');
  };

  test('of a new app are not known, API by API', () => {
    const apis = describeApis({ known: [], holds: [], sync: null, now });
    const checks = checkPermissions({ apis, notes: new Map(), now });
    expect(checks.map(({ status, advice }) => ({ status, advice }))).toEqual(
      Array(6).fill({ status: 'skip', advice: null }),
    );
  });

  test.each([
    [{ observed: 'allowed' }, 'ok', /^allowed \(product\.search\.queryProductDetail\)$/, null],
    [{ observed: 'allowed', declared: 'pending', declaredAt: now }, 'warn', /待审核/, /^Contradiction/],
    [{ observed: 'denied' }, 'warn', /^denied .* Without it .* no SKUs/, /^Apply for product/],
    [{ observed: 'denied', declared: 'pending', declaredAt: now }, 'warn', /待审核/, /^In review/],
    [{ observed: 'denied', declared: 'granted', declaredAt: now }, 'warn', /已通过/, /next run tries it/],
    [{ observed: 'denied', declared: 'rejected', declaredAt: now }, 'warn', /已拒绝/, /apply again/],
    [{ observed: 'unsupported' }, 'warn', /^unsupported/, /no API of this name/],
    [{ observed: 'exhausted' }, 'warn', /^exhausted/, /permissions resume offer\.detail/],
    [{ declared: 'under_review', declaredAt: now }, 'skip', /审核中/, /^In review/],
  ] as const)('that are %j are told with what to do', (parts, status, message, advice) => {
    const check = observation(parts);
    expect(check?.status).toBe(status);
    expect(check?.message).toMatch(message);
    const { declared, observed } = { declared: 'not_applied', observed: 'unknown', ...parts };
    expect(check?.permission).toEqual({ declared, observed });
    if (advice === null) expect(check?.advice).toBeNull();
    else expect(check?.advice).toMatch(advice);
  });

  test.each([
    [
      'later',
      new Date('2026-11-25T16:00:00Z'),
      'held until 2026-11-26 00:00 (Shanghai), when one call tries it',
    ],
    ['due', now, 'held; the next call tries it'],
    ['never', null, 'held until a person resumes it'],
  ] as const)('that are held, and tried %s, say so', (_, probeAfter, words) => {
    expect(observation({ observed: 'denied' }, probeAfter)?.message).toContain(words);
  });

  test('that a probe could not show say why', () => {
    expect(observation({}, undefined, 'not asked: no offer')?.message).toMatch(
      /^not known .*; not asked: no offer$/,
    );
  });
});
