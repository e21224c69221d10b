import { describe, expect, it } from 'vitest';
import { apiOf, endpoints } from '../../../../src/extract/endpoints/endpoints.ts';
import { checkPermissions } from '../../../../src/health/doctor/check-permissions.ts';
import { assessApi, assessApplication } from '../../../../src/health/permissions/assess-permission.ts';
import { parseDeclaredState } from '../../../../src/health/permissions/declared-states.ts';
import { describeApis, listPermissions } from '../../../../src/health/permissions/list-permissions.ts';
import { parseSyncFile } from '../../../../src/config/parse-sync-file.ts';
import type { ApiPermission, Application } from '../../../../src/model/permission.ts';
import { afterNoon, noon } from '../../../support/health-facts.ts';

// Noon is that of a Wednesday.
const beginning = new Date('2026-11-20T00:00:00Z');
const permission: ApiPermission = {
  ...{ api: apiOf(endpoints['offer.detail']), declared: 'not_applied', declaredAt: null },
  ...{
    observed: 'unknown',
    observedAt: null,
    observedCallId: null,
    approvedDaily: null,
    approvedMonthly: null,
  },
};
const apply =
  'Apply for detail.get in the console, then: `catalog-sync permissions set offer.detail --state pending`. After the grant: `catalog-sync permissions resume offer.detail`, or the next try finds out.';
const rejected = 'Rejected: read the reason in the console, correct it, and apply again.';
const threeDays = 'In review for 3 business days; 1 to 3 are usual, 2 or 3 more around Chinese holidays.';

/** `! text` where a person should act. */
const say = (advice: ReturnType<typeof assessApi>) =>
  advice && `${advice.needsAttention ? '! ' : ''}${advice.text}`;

describe('an API', () => {
  const assess = (parts: Partial<ApiPermission>, isHeld = false) =>
    say(
      assessApi(
        { ...permission, ...parts },
        { operation: 'offer.detail', name: 'detail.get', isHeld, now: noon },
      ),
    );

  it.each<[Partial<ApiPermission>, string | null]>([
    [{}, null],
    [{ declared: 'granted', declaredAt: noon }, null],
    [{ declared: 'pending' }, 'In review.'],
    [{ declared: 'pending', declaredAt: beginning }, threeDays],
    [{ declared: 'under_review', declaredAt: beginning }, threeDays],
    [{ declared: 'rejected', declaredAt: noon }, rejected],
    [{ observed: 'allowed' }, null],
    [{ observed: 'allowed', declared: 'granted', declaredAt: noon }, null],
    [
      { observed: 'allowed', declared: 'rejected', declaredAt: noon },
      '! Contradiction: declared rejected, but 1688 answers it. If it was granted: `catalog-sync permissions set offer.detail --state granted`, with the approved volumes.',
    ],
    [{ observed: 'denied' }, `! ${apply}`],
    [{ observed: 'denied', declaredAt: noon }, apply],
    [{ observed: 'denied', declared: 'pending', declaredAt: beginning }, threeDays],
    [{ observed: 'denied', declared: 'under_review', declaredAt: beginning }, threeDays],
    [{ observed: 'denied', declared: 'rejected', declaredAt: noon }, rejected],
    [
      { observed: 'denied', declared: 'granted', declaredAt: noon },
      'Declared granted after it was declined; the next run tries it.',
    ],
    [
      { observed: 'unsupported' },
      '! 1688 knows no API of this name and version: compare it with docs/1688.md. Applying for it does not help.',
    ],
    [
      { observed: 'exhausted' },
      '! The package of calls is used up, and is not refilled at midnight. Buy or request more in the console, then: `catalog-sync permissions resume offer.detail`.',
    ],
  ])('that is %j: %s', (parts, advice) => {
    expect(assess(parts)).toBe(advice);
  });

  it('that is declared granted and held is a contradiction', () => {
    expect(assess({ observed: 'denied', declared: 'granted', declaredAt: noon }, true)).toMatch(
      /^! Contradiction: declared granted, but 1688 declines it\./,
    );
  });

  it('is overdue after three business days', () => {
    const since = (day: string) =>
      assess({ declared: 'pending', declaredAt: new Date(`2026-11-${day}T00:00:00Z`) });
    expect(since('24')).toMatch(/^In review for 1 business day;/);
    expect(since('19')).toBe(
      "! Overdue: in review for 4 business days, where 1 to 3 are usual (2 or 3 more around Chinese holidays, which are not counted here). Check the console, then ask 1688's support.",
    );
  });
});

describe('an application', () => {
  const application: Application = {
    ...{ declared: 'not_applied', declaredAt: null, observed: 'unknown', observedAt: null },
    observedCallId: null,
  };

  it.each<[Partial<Application>, string | null]>([
    [{}, null],
    [{ declared: 'granted', declaredAt: noon }, null],
    [{ declared: 'pending', declaredAt: beginning }, threeDays],
    [{ declared: 'under_review', declaredAt: beginning }, threeDays],
    [
      { declared: 'rejected', declaredAt: noon },
      'Rejected: read the reason in the console, correct it, and submit it again.',
    ],
    [
      { observed: 'denied', declared: 'granted', declaredAt: noon },
      '! 1688 does not know this App Key: copy it again, and check whether the application is enabled.',
    ],
    [{ observed: 'allowed', declared: 'granted', declaredAt: noon }, null],
    [{ observed: 'allowed', declared: 'pending' }, null],
    [
      { observed: 'allowed', declared: 'pending', declaredAt: noon },
      '! Contradiction: declared pending, but 1688 takes its calls. If it was approved: `catalog-sync permissions app --state granted`.',
    ],
  ])('that is %j: %s', (parts, advice) => {
    expect(say(assessApplication({ ...application, ...parts }, noon))).toBe(advice);
  });

  it('is listed with every API, each with its own hold and what the plan assumes', async () => {
    const { api } = permission;
    const hold = { api, code: 'X', heldAt: noon, heldUntil: null, reason: null, probeAfter: noon };
    const known = { ...permission, approvedDaily: 7, approvedMonthly: 8 };
    const report = await listPermissions({
      permissions: {
        listApis: () => Promise.resolve([known]),
        readApplication: () => Promise.resolve({ ...application, observed: 'denied' }),
      } as unknown as Parameters<typeof listPermissions>[0]['permissions'],
      quota: { ledgerNow: () => Promise.resolve(noon), listHolds: () => Promise.resolve([hold]) },
      sync: parseSyncFile(
        'account: personal\nfeeds: [{ name: a, keywords: [a] }]\nquotas: { approved: { offer.detail: { daily: 5 } } }',
        'test',
      ),
    });
    expect(report.application.advice?.text).toMatch(/^1688 does not know this App Key/);
    expect(report.apis).toHaveLength(6);
    expect(report.apis.filter(({ isHeld }) => isHeld)).toMatchObject([
      {
        operation: 'offer.detail',
        probeAfter: noon,
        approved: { daily: 5, monthly: 8 },
        observed: 'unknown',
      },
    ]);
    expect(report.apis.find(({ operation }) => operation === 'search.keyword')).toMatchObject({
      ...{ probeAfter: null, isHeld: false, declared: 'not_applied', declaredAt: null, observed: 'unknown' },
      ...{ approved: { daily: null, monthly: null }, advice: null, approvedDaily: null },
      guideNames: ['alibaba.cross.search', 'alibaba.product.search'],
    });
  });
});

describe('a line of doctor', () => {
  const lineOf = (parts: Partial<ApiPermission>, probeAfter?: Date | null, note?: string) => {
    const holds =
      probeAfter === undefined
        ? []
        : [{ api: permission.api, code: 'X', heldAt: noon, heldUntil: null, reason: null, probeAfter }];
    const apis = describeApis({ known: [{ ...permission, ...parts }], holds, sync: null, now: noon });
    const notes = new Map(note === undefined ? [] : [['offer.detail', note] as const]);
    const line = checkPermissions({ apis, notes, now: noon }).find(({ name }) =>
      name.endsWith('offer.detail'),
    );
    return `${line?.status ?? ''} ${line?.message ?? ''}`;
  };
  const name = '(product.search.queryProductDetail)';
  const without = 'Without it offers have a name, a picture and one price, but no SKUs';

  it.each([
    [lineOf({}), `skip not known ${name}: no call has shown it`],
    [
      lineOf({}, null, 'asked'),
      `skip not known ${name}: no call has shown it, held until a person resumes it; asked`,
    ],
    [lineOf({ observed: 'allowed' }, noon, 'asked'), `ok allowed ${name}`],
    [
      lineOf({ observed: 'allowed', declared: 'granted', declaredAt: noon }),
      `ok allowed ${name}, declared granted (已通过)`,
    ],
    [lineOf({ observed: 'denied' }), `warn denied ${name}. ${without}`],
    [lineOf({ observed: 'denied' }, noon), `warn denied ${name}, held; the next call tries it. ${without}`],
    [
      lineOf({ observed: 'denied', declared: 'pending', declaredAt: noon }, afterNoon(0, 's', 1), 'asked'),
      `warn denied ${name}, declared pending (待审核), held until 2026-11-25 12:00 (Shanghai), when one call tries it; asked. ${without}`,
    ],
    [
      lineOf({ declared: 'pending', declaredAt: new Date('2026-11-01T00:00:00Z') }),
      `warn not known ${name}: no call has shown it, declared pending (待审核)`,
    ],
  ])('%s', (line, said) => {
    expect(line).toBe(said);
  });

  it('of the upload says that a file shows it', () => {
    const apis = describeApis({ known: [], holds: [], sync: null, now: noon });
    const lines = checkPermissions({ apis, notes: new Map(), now: noon });
    expect(lines.find((line) => line.name === 'permission image.upload')?.message).toMatch(
      /: the first file of an image feed shows it$/,
    );
  });
});

it('a state is declared by its own word or by that of the console', () => {
  expect(['pending', '待审核', 'under_review', '审核中', '已通过'].map(parseDeclaredState)).toEqual([
    ...['pending', 'pending', 'under_review', 'under_review', 'granted'],
  ]);
  expect(() => parseDeclaredState('done')).toThrow(
    'Give one of not_applied (未申请), pending (待审核), under_review (审核中), granted (已通过), rejected (已拒绝).',
  );
});
