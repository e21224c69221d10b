import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkPermissions } from '../../../../src/health/doctor/check-permissions.ts';
import type { PermissionRow } from '../../../../src/health/permissions/list-permissions.ts';
import type { DoctorCheck } from '../../../../src/web/web-deps.ts';
import type { CatalogCount } from '../../../../src/web/reads/overview-pages.ts';
import { openPagesWorld, type PagesWorld } from '../../../support/pages-world.ts';
import { readCells } from '../../../support/read-cells.ts';
import { readFacts, readWords } from '../../../support/read-words.ts';

/* The page of the API's status, for each outcome of the checks that it shows. */

const check = (name: string, status: DoctorCheck['status'], message = `${name} said`): DoctorCheck => ({
  ...{ name, status, message, advice: null },
});

type Permission = NonNullable<DoctorCheck['permission']>;
/** The check of an API, whose words say nothing of its permission. */
const permissionOf = (
  api: string,
  observed: Permission['observed'],
  declared: Permission['declared'] = 'not_applied',
): DoctorCheck => ({ ...check(`permission ${api}`, 'skip'), permission: { observed, declared } });

let checks: readonly DoctorCheck[] = [];
let offers: number | null = null;
let world: PagesWorld;
beforeAll(async () => {
  const report = () => ({
    ...{ checks, next: 'Do `this` next.', at: new Date('2026-11-26T04:00:00Z') },
    apiNames: [{ guideName: 'old.name', api: 'new.name', explanation: 'because of `x`' }],
  });
  world = await openPagesWorld('2026-11-26T12:00:00+08:00', {
    doctor: { get: () => Promise.resolve(report()), forget: () => undefined },
    catalog: { get: () => Promise.resolve(offers === null ? null : ({ offers } as CatalogCount)) },
  });
});
afterAll(() => world.close());

/** Whether a step of the registration is done, and what is said of it. */
const steps = async () =>
  Object.fromEntries(
    [
      ...(await world.get('/api-status')).matchAll(
        /badge (good|calm)"\s*>([✓○])[\s\S]*?<strong>([^<]*)<\/strong><br \/><span class="muted">([\s\S]*?)<\/span>/g,
      ),
    ].map(([, tone, mark, name = '', say = '']) => [name, `${tone ?? ''} ${mark ?? ''} ${readWords(say)}`]),
  );
const hero = async () => {
  const [, tone = '', card = ''] =
    /<section class="card hero (\w+)">([\s\S]*?)<\/section>/.exec(await world.get('/api-status')) ?? [];
  return { tone, facts: readFacts(card), words: readWords(card) };
};

test('without a check, nothing is done and nothing is said to have failed', async () => {
  expect(await steps()).toEqual({
    'Application approved': 'calm ○ not checked',
    'App Key (8 digits)': 'calm ○ not checked',
    'App Secret (long text)': 'calm ○ not checked',
    Token: 'calm ○ not checked',
    'API permissions approved': 'calm ○ calls showed 0 of 0 APIs to be allowed',
    'Seeing real products': 'calm ○ using mock data of a sandbox',
  });
  expect((await hero()).facts).toEqual({
    'App Key': '✗ Not configured',
    'App Secret': '✗ Not configured',
    Status: 'not configured',
  });
  expect(await world.get('/api-status')).toContain('Not checked.');
});

test.each<[DoctorCheck['status'], DoctorCheck['status'], string, string, string]>([
  ['ok', 'ok', 'good', '✓ Configured', '✓ Configured'],
  ['warn', 'warn', 'good', '✓ Configured', '✓ Configured'],
  ['ok', 'fail', 'bad', '✓ Configured', '✗ Not configured'],
  ['skip', 'ok', 'bad', '✗ Not configured', '✓ Configured'],
])('a key that is %s and a secret that is %s are %s', async (key, secret, ...[tone, keyWord, secretWord]) => {
  checks = [check('app key', key), check('app secret', secret)];
  const { facts, words, tone: shown } = await hero();
  expect([shown, facts['App Key'], facts['App Secret']]).toEqual([tone, keyWord, secretWord]);
  expect(facts['Status']).toBe(tone === 'good' ? 'configured' : 'not configured');
  expect(words).toContain(
    tone === 'good'
      ? 'API credentials are configured! Do this next.'
      : 'API credentials are not configured Do this',
  );
});

test('a step of the registration is done by its check', async () => {
  checks = [
    ...[
      check('application', 'ok'),
      check('app key', 'ok'),
      check('app secret', 'ok'),
      check('token', 'warn'),
    ],
    ...[permissionOf('a', 'allowed'), permissionOf('b', 'unknown'), permissionOf('c', 'allowed')],
  ];
  expect(await steps()).toMatchObject({
    'Application approved': 'good ✓ application said',
    'App Key (8 digits)': 'good ✓ app key said',
    'App Secret (long text)': 'good ✓ app secret said',
    Token: 'calm ○ token said',
    'API permissions approved': 'good ✓ calls showed 2 of 3 APIs to be allowed',
  });
  const page = await world.get('/api-status');
  expect(page).toMatch(
    /Connection by OAuth <span class="badge warn">check<\/span><\/h2>\s*<p>token said<\/p>/,
  );
});

test('permissions are not approved while 1688 refuses one of the APIs', async () => {
  checks = [
    permissionOf('a', 'allowed'),
    permissionOf('b', 'unknown'),
    permissionOf('c', 'denied'),
    permissionOf('d', 'exhausted'),
  ];
  expect((await steps())['API permissions approved']).toBe(
    'calm ○ calls showed 1 of 4 APIs to be allowed, and 2 to be refused',
  );
});

test('an API whose refusal is declared is no longer to be applied for, as the check has it', async () => {
  const row = {
    ...{ operation: 'search.image', name: 'c', observed: 'denied', declaredAt: new Date(0), isHeld: false },
    ...{ probeAfter: null, advice: null },
  } as unknown as PermissionRow;
  const permissionStep = async (declared: PermissionRow['declared']) => {
    const [found] = checkPermissions({ apis: [{ ...row, declared }], notes: new Map(), now: new Date(0) });
    checks = [permissionOf('a', 'allowed'), found ?? expect.fail()];
    return (await steps())['API permissions approved'];
  };
  const said = 'calls showed 1 of 2 APIs to be allowed, and 1 to be refused';
  expect(await permissionStep('rejected')).toBe(`good ✓ ${said}`);
  expect(await permissionStep('pending')).toBe(`calm ○ ${said}`);
});

test('all checks are listed line by line, with what to do', async () => {
  checks = [
    { ...check('one', 'fail', 'first `line`\nsecond line'), advice: 'do `that`' },
    check('two', 'skip'),
  ];
  const [, list = ''] = (await world.get('/api-status')).split('<h2>All checks</h2>');
  expect(list).toMatch(/badge bad">to correct/);
  expect(list).toMatch(
    /<p>first <code>line<\/code><\/p>\s*<p>second line<\/p>\s*<p class="advice">do <code>that<\/code><\/p>/,
  );
  expect(list.match(/class="advice"/g)).toHaveLength(1);
  expect(readWords(list)).toContain('As of 2026-11-26 12:00:00;');
  expect(readCells(list, 'Names of APIs in registration guides, with those to apply for')).toEqual([
    { 'In guides': 'old.name', 'To apply for': 'new.name', Why: 'because of x' },
  ]);
});

test('real products are seen once there are some of the live API', async () => {
  const of = async (source: string | null, count: number | null) => {
    offers = count;
    await world.execute('UPDATE sync.database_identity SET source = $1', source);
    return (await steps())['Seeing real products'];
  };
  expect(await of('sandbox', 1200)).toBe('calm ○ using mock data of a sandbox');
  expect(await of('live', null)).toBe('calm ○ no offer was fetched yet');
  expect(await of('live', 0)).toBe('calm ○ no offer was fetched yet');
  expect(await of('live', 1200)).toBe('good ✓ 1,200 offers from 1688.com');
  expect(await of(null, 1200)).toBe('calm ○ nothing was fetched yet');
});
