import { afterAll, beforeAll, expect, test } from 'vitest';
import { api, appKey, otherApi } from '../../../support/open-ledger.ts';
import { openPagesWorld, type PagesWorld } from '../../../support/pages-world.ts';
import { readCells } from '../../../support/read-cells.ts';
import { readAttribute, readWords } from '../../../support/read-words.ts';
import { openWebWorld } from '../../../support/web-world.ts';
import { insertCalls, pastCall } from '../../views/usage-calls.ts';

/* Each figure of the page of problems, against rows that say how things stand. */

let world: PagesWorld;
beforeAll(async () => {
  world = await openPagesWorld('2026-11-26T12:00:00+08:00');
  await world.execute(
    `INSERT INTO catalog.offer (offer_id, state, subject, changed_at, call_id) VALUES (601, 'listed', 'cup', now(), 1)`,
  );
  await world.execute(
    `INSERT INTO sync.refresh (offer_id, first_seen_at, not_before, failed_tries, failure_code)
     VALUES (601, now(), '2026-11-26T13:00:00+08:00', 2, 'GATEWAY_UNAVAILABLE'), (602, now(), '2026-11-26T14:00:00+08:00', 1, NULL)`,
  );
  await world.execute(
    `INSERT INTO sync.category_visit (category_id, not_before, failure_code) VALUES (7, '2026-11-26T15:00:00+08:00', 'GATEWAY_NO_GRANT')`,
  );
  await insertCalls(world.ledger.db.pool, [
    ...['19T23:59:59', '20T00:00:00', '26T11:00:00'].map((at, n) =>
      pastCall(`2026-11-${at}+08:00`, {
        ...{
          callId: String(n + 1),
          outcome: 'gateway_error',
          gatewayCode: 'gw.APIACLDecline',
          httpStatus: 400,
        },
      }),
    ),
    pastCall('2026-11-26T11:30:00+08:00', {
      callId: '9',
      outcome: 'business_error',
      gatewayCode: 'odd-code',
      api: otherApi,
    }),
  ]);
});
afterAll(() => world.close());

const cells = (page: string, caption: string) => readCells(page, caption).map((row) => Object.values(row));

test('calls that failed are those of seven days, by cause, each with what to do', async () => {
  const rows = cells(await world.get('/problems'), 'Calls that failed in 7 days');
  expect(rows.map((row) => row.slice(0, 5))).toEqual([
    ['GATEWAY_NO_GRANT', 'product.search.queryProductDetail', '2', '2026-11-26 11:00 call 3', 'stop-api'],
    ['GATEWAY_BUSINESS_REFUSED', 'alibaba.category.get', '1', '2026-11-26 11:30 call 9', 'fail'],
  ]);
  expect(rows[0]?.[5]).toMatch(/\w{5}/);
  expect(rows[1]?.[5]).toContain('the API refused it');
});

test('what was given up has its reason, its next try and a button each, and one for all of an operation', async () => {
  const page = await world.get('/problems');
  expect(cells(page, 'Targets that were given up for now')).toEqual([
    ['detail', 'cup', 'GATEWAY_UNAVAILABLE , 2 times', '2026-11-26 13:00', 'Retry'],
    ['detail', '602', '', '2026-11-26 14:00', 'Retry'],
    ['category', '7', 'GATEWAY_NO_GRANT', '2026-11-26 15:00', 'Retry'],
  ]);
  const [first] = readCells(page, 'Targets that were given up for now');
  expect(Object.keys(first ?? {})).toEqual(['Kind', 'What', 'Why', 'Next try', 'Act']);
  const section = /<section id="given-up">[\s\S]*?<\/section>/.exec(page)?.[0] ?? '';
  expect(section).toContain('href="/products/601"');
  expect(section).not.toContain('href="/products/7"');
  expect(readAttribute(section, 'aria-label')).toEqual([
    'Targets that were given up for now',
    'Retry: detail cup',
    'Retry: detail 602',
    'Retry: category 7',
  ]);
  expect(readWords(section)).toMatch(/Retry all 3 Retry 2 of offer\.detail Retry 1 of category\.children/);
  await world.execute('DELETE FROM sync.category_visit');
  await world.execute('DELETE FROM sync.refresh WHERE offer_id = 602');
  const one = readWords(await world.get('/problems'));
  expect(one).toContain('Retry all 1');
  expect(one).not.toContain('of offer.detail');
});

test('values that could not be read and fields that are not as known have an example each', async () => {
  await world.execute(
    `INSERT INTO sync.quarantine (raw_id, call_id, operation, path, reason, sample, observed_at)
     VALUES (1, 1, 'offer.detail', 'a.b', 'no number', 'x', '2026-11-26T10:00:00+08:00'),
            (2, 1, 'offer.detail', 'a.b', 'no number', 'x', '2026-11-26T11:00:00+08:00'),
            (2, 1, 'offer.detail', 'c', 'too long', NULL, '2026-11-26T09:00:00+08:00')`,
  );
  await world.execute(
    `INSERT INTO sync.drift (operation, path, kind, seen, first_seen_at, last_seen_at, sample, last_call_id)
     VALUES ('offer.detail', 'new', 'unknown', 1234, now(), '2026-11-26T10:00:00+08:00', 'y', 1),
            ('offer.detail', 'old', 'missing', 1, now(), '2026-11-26T09:00:00+08:00', NULL, 1)`,
  );
  const page = await world.get('/problems');
  expect(cells(page, 'Values that could not be read')).toEqual([
    ['offer.detail', 'a.b', 'no number', '2', '2', '2026-11-26 11:00', 'x'],
    ['offer.detail', 'c', 'too long', '1', '1', '2026-11-26 09:00', '–'],
  ]);
  expect(cells(page, 'Fields of answers that differ from the known schema')).toEqual([
    ['offer.detail', 'new', 'unknown', '1,234', '2026-11-26 10:00', 'y'],
    ['offer.detail', 'old', 'missing', '1', '2026-11-26 09:00', '–'],
  ]);
});

test('a hold says until when it lasts, why, and what to do about it', async () => {
  await world.execute(
    `INSERT INTO usage.api_hold (api, code, held_at, held_until, probe_after, reason)
     VALUES ('*', 'HELD_BY_HAND', '2026-11-26T10:00:00+08:00', NULL, NULL, 'a sale'),
            ($1, 'GATEWAY_NO_GRANT', '2026-11-26T11:00:00+08:00', NULL, '2026-11-26T13:00:00+08:00', NULL),
            ($2, 'ODD_CODE', '2026-11-26T11:30:00+08:00', '2026-11-27T00:00:00+08:00', NULL, NULL)`,
    ...[api, otherApi],
  );
  const page = await world.get('/problems');
  const rows = cells(page, 'APIs that are held').toSorted((a, b) => (a[2] ?? '').localeCompare(b[2] ?? ''));
  expect(rows[0]).toEqual([
    'all APIs',
    'HELD_BY_HAND',
    '2026-11-26 10:00',
    'a person resumes it',
    'a sale',
    'Resume',
  ]);
  expect(rows[1]?.slice(0, 4)).toEqual([
    ...['product.search.queryProductDetail', 'GATEWAY_NO_GRANT', '2026-11-26 11:00'],
    'an answer; next try 2026-11-26 13:00',
  ]);
  expect(rows[1]?.[4]).toMatch(/\w{5}/);
  expect(rows[2]).toEqual([
    'alibaba.category.get',
    'ODD_CODE',
    '2026-11-26 11:30',
    '2026-11-27 00:00',
    '',
    'Resume',
  ]);
  for (const of of ['all APIs', api]) expect(page).toContain(`aria-label="Resume: ${of}"`);
});

test('every API that has a limit can be held, and all of them at once', async () => {
  const choices = async () =>
    [...(await world.get('/problems')).matchAll(/<option value="([^"]*)">\s*([^<]*?)\s*<\/option>/g)].map(
      ([, value, name]) => [value, name],
    );
  expect(await choices()).toEqual([['*', 'all APIs']]);
  for (const of of [api, '@both'])
    for (const period of ['day', 'month'] as const)
      await world.ledger.quota.setLimit({ appKey, api: of, period, callLimit: 10 });
  expect(await choices()).toEqual([
    ['*', 'all APIs'],
    [api, 'product.search.queryProductDetail'],
  ]);
  await world.ledger.quota.setLimit({ appKey, api: '*', period: 'day', callLimit: 10 });
  expect((await choices()).filter(([of]) => of === '*')).toHaveLength(1);
});

test('what people did here is listed, the newest first', async () => {
  await world.execute(
    `INSERT INTO sync.operator_action (acted_at, actor, action, subject, outcome)
     VALUES ('2026-11-26T10:00:00+08:00', 'one', 'hold', 'x', 'done'), ('2026-11-26T11:00:00+08:00', 'two', 'run', 'all', 'begun')`,
  );
  expect(cells(await world.get('/problems'), 'Actions, newest first')).toEqual([
    ['2026-11-26 11:00', 'two', 'run', 'all', 'begun'],
    ['2026-11-26 10:00', 'one', 'hold', 'x', 'done'],
  ]);
});

test('pages that only read have no buttons, and say why', async () => {
  const reading = await openWebWorld({
    database: world.ledger.db,
    env: { ALIBABA_APP_KEY: appKey },
    deps: { actions: null, readOnlyReason: 'only to be read' },
  });
  const page = await reading.get('/problems');
  const [first] = cells(page, 'Targets that were given up for now');
  expect(first).toHaveLength(4);
  expect(page).not.toMatch(/action="\/actions|Retry all/);
  expect(await reading.get('/runs')).toContain('only to be read');
  const refused = await reading.request('/actions/retry', { method: 'POST' });
  expect(refused.status).toBe(403);
  await reading.close();
});
