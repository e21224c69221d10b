import { linkPrices } from '../../../support/link-prices.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSql } from '../../../../src/db/sql-file.ts';
import { readSql } from '../../../../src/web/read-sql.ts';
import { createRunPages } from '../../../../src/web/reads/run-pages.ts';
import { api, otherApi } from '../../../support/open-ledger.ts';
import { openPagesWorld, type PagesWorld } from '../../../support/pages-world.ts';
import { readCells } from '../../../support/read-cells.ts';
import { readWords } from '../../../support/read-words.ts';
import { insertCalls, pastCall } from '../../views/usage-calls.ts';

/* Each figure of the page of a run, against calls, prices and changes from which it can be counted by hand. */

let world: PagesWorld;
beforeAll(async () => {
  world = await openPagesWorld('2026-11-26T12:00:00+08:00');
  await world.execute(
    `INSERT INTO sync.run (scope, trigger, source, feeds, status, cause, last_error_code, errors, requested_at, started_at, ended_at)
     VALUES ('all', 'nightly', 'sandbox', '["bags"]', 'failed', 'GATEWAY_NO_GRANT', 'REDIS_UNREACHABLE', 1,
             '2026-11-25T23:49:00+08:00', '2026-11-25T23:50:00+08:00', '2026-11-26T00:50:00+08:00'),
            ('other', 'cli', 'sandbox', '["bags"]', 'running', NULL, NULL, 0,
             '2026-11-26T11:00:00+08:00', NULL, NULL)`,
  );
  const failed = { outcome: 'gateway_error', gatewayCode: 'gw.APIACLDecline', httpStatus: 400 } as const;
  await insertCalls(world.ledger.db.pool, [
    pastCall('2026-11-25T23:49:59+08:00', { callId: '9', runId: '1' }),
    pastCall('2026-11-25T23:50:00+08:00', { callId: '11', runId: '1', latencyMs: 1000 }),
    pastCall('2026-11-25T23:51:00+08:00', { callId: '12', runId: '1', latencyMs: 1500 }),
    pastCall('2026-11-26T00:19:59+08:00', { callId: '13', runId: '1', ...failed, lane: 'manual' }),
    pastCall('2026-11-26T00:20:00+08:00', {
      callId: '14',
      runId: '1',
      ...failed,
      lane: 'manual',
      latencyMs: null,
    }),
    pastCall('2026-11-26T00:50:00+08:00', {
      ...{ callId: '15', runId: '1', api: otherApi, operation: 'category.children', lane: 'discovery' },
      ...{ state: 'unknown', outcome: null, latencyMs: null },
    }),
    pastCall('2026-11-26T00:40:00+08:00', { callId: '16', runId: '3' }),
  ]);
});
afterAll(() => world.close());

const cells = async (path: string, caption: string) =>
  readCells(await world.get(path), caption).map((row) => Object.values(row));

test('calls are counted by API, lane and outcome, with their mean time and the newest of them', async () => {
  expect(await cells('/runs/1', 'Calls by API and outcome')).toEqual([
    ['product.search.queryProductDetail', 'refresh', 'fine', '', '3', '867 ms', '2026-11-25 23:51 call 12'],
    [
      'product.search.queryProductDetail',
      'manual',
      'gateway error',
      'gw.APIACLDecline',
      '2',
      '100 ms',
      '2026-11-26 00:20 call 14',
    ],
    ['alibaba.category.get', 'discovery', 'unknown', '', '1', '–', '2026-11-26 00:50 call 15'],
  ]);
  expect(await world.get('/runs/2')).toContain('No call yet.');
  const page = await world.get('/runs/1');
  expect(page).toMatch(/badge good">fine[\s\S]*badge warn">gateway error/);
  expect(page).toContain(`title="${api}"`);
});

test('a run without a call that has ended says that nothing was due, unless something else ended it', async () => {
  const end = (status: string, cause: string | null) =>
    world.execute(
      `UPDATE sync.run SET ended_at = usage.ledger_now(), status = $1, cause = $2 WHERE run_id = 2`,
      status,
      cause,
    );
  await end('succeeded', null);
  expect(await world.get('/runs/2')).toContain('No call: everything was fresh, or nothing was due.');
  await end('partial_quota', 'quota');
  expect(await world.get('/runs/2')).not.toContain('nothing was due');
  expect(await world.get('/runs/2')).toContain('No call: the run ended before one could be made.');
  await end('partial_error', 'targets_postponed');
  expect(await world.get('/runs/2')).toContain('No call: nothing was due but what waits for its next try.');
  await world.execute(
    `UPDATE sync.run SET ended_at = NULL, status = 'running', cause = NULL WHERE run_id = 2`,
  );
});

test('a bar is a sixtieth of the time of a run, and says after how long it begins', async () => {
  const page = await world.get('/runs/1');
  const [, chart = ''] = page.split('aria-label="Calls over time"');
  const titles = [...(chart.split('</figure>')[0] ?? '').matchAll(/<title>([^<]*)/g)].map(
    ([, title]) => title,
  );
  expect(titles).toHaveLength(60);
  const busy = Object.entries(titles).filter(([, title]) => !title?.endsWith(': no calls'));
  expect(busy).toEqual([
    ['0', 'after 0 s: 1 offer.detail'],
    ['1', 'after 1 min: 1 offer.detail'],
    ['29', 'after 29 min: 1 offer.detail'],
    ['30', 'after 30 min: 1 offer.detail'],
    ['59', 'after 59 min: 1 category.children'],
  ]);
  expect(titles[2]).toBe('after 2 min: no calls');
  expect(readWords(chart)).toContain('23:50:00 00:20:00 00:50:00');
  expect(await world.get('/runs/2')).not.toContain('Calls over time');
});

test('what went wrong is what ended a run, what it met last, and what its calls failed by', async () => {
  const page = await world.get('/runs/1');
  // Its cause is told by the calls that failed by it.
  expect(await cells('/runs/1', 'Errors of the run with what to do')).toEqual([
    ['REDIS_UNREACHABLE', expect.any(String), expect.stringMatching(/\w{5}/)],
  ]);
  expect((await cells('/runs/1', 'Calls of the run that failed')).map((row) => row.slice(0, 4))).toEqual([
    ['GATEWAY_NO_GRANT', 'product.search.queryProductDetail', '2', '2026-11-26 00:20 call 14'],
    ['unknown', 'alibaba.category.get', '1', '2026-11-26 00:50 call 15'],
  ]);
  expect(page).toContain('href="/problems#given-up"');
  await world.execute(
    `UPDATE sync.run SET errors = 0, cause = 'quota', last_error_code = NULL WHERE run_id = 1`,
  );
  const later = await world.get('/runs/1');
  expect(later).not.toContain('href="/problems#given-up"');
  expect(later).not.toContain('Errors of the run with what to do');
  await world.execute(`UPDATE sync.run SET cause = 'REDIS_UNREACHABLE' WHERE run_id = 2`);
  const other = await world.get('/runs/2');
  expect(other).toContain('Errors of the run with what to do');
  expect(other).not.toContain('Calls of the run that failed');
});

test('what can be done with a run depends on whether it has ended', async () => {
  const active = await world.get('/runs/2');
  expect(active).toMatch(/action="\/actions\/cancel\/2"[\s\S]*Cancel this run/);
  expect(active).toContain('data-live="/runs/2/events"');
  expect(active).toContain('data-said');
  expect(active).toContain('/assets/live.js');
  expect(active).not.toContain('Run now');
  expect(readWords(active)).toContain('other, by cli, 2026-11-26 11:00');
  const ended = await world.get('/runs/1');
  expect(ended).toContain('Run now');
  expect(ended).not.toMatch(/Cancel this run|data-live|data-said|live\.js/);
  expect(readWords(ended)).toContain('all, by nightly, 2026-11-25 23:50');
  for (const path of ['/runs/3', '/runs/x']) expect((await world.web.request(path)).status).toBe(404);
});

/** Offers with a name each, the prices that they have and one that ended. */
async function addPrices(): Promise<void> {
  await world.execute(
    `INSERT INTO catalog.offer (offer_id, state, subject, changed_at, call_id)
     SELECT n, 'listed', 'offer ' || n, now(), 1 FROM generate_series(1, 6) n`,
  );
  await world.execute(
    `INSERT INTO catalog.sku (offer_id, sku_id, state, label, attributes, changed_at, call_id) VALUES (2, 5, 'listed', 'red', '[]', now(), 1)`,
  );
  await world.execute(
    `INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
     VALUES (1, 0, 'list', 1000, 11, '2026-11-25T23:50:00+08:00', 11), (2, 5, 'list', 1, 5, '2026-11-26T00:20:00+08:00', 14),
            (3, 0, 'list', 1, 1.5, '2026-11-26T00:50:00+08:00', 15), (4, 0, 'list', 1, 9, '2026-11-26T00:40:00+08:00', 16)`,
  );
  // Offer 3 was free; offer 4 changed by a call of another run, offer 5 has no price any more, the last one ended before.
  await world.execute(
    `INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
     VALUES (1, 0, 'list', 1000, 10, '2026-11-01Z', '2026-11-25T23:50:00+08:00', 1, 11),
            (2, 5, 'list', 1, 10, '2026-11-01Z', '2026-11-26T00:20:00+08:00', 1, 14),
            (3, 0, 'list', 1, 0, '2026-11-01Z', '2026-11-26T00:50:00+08:00', 1, 15),
            (4, 0, 'list', 1, 10, '2026-11-01Z', '2026-11-26T00:40:00+08:00', 1, 16),
            (5, 0, 'list', 1, 10, '2026-11-01Z', '2026-11-25T23:51:00+08:00', 1, 12),
            (4, 0, 'list', 1, 90, '2026-10-01Z', '2026-11-25T23:49:59+08:00', 1, 9)`,
  );
  await world.execute(linkPrices);
}

test('prices that the calls of a run ended are listed by how far they moved, also past midnight', async () => {
  await addPrices();
  expect(await cells('/runs/1', 'Prices that changed, largest moves first')).toEqual([
    ['offer 2', 'red', 'list', '¥10', '¥5'],
    ['offer 1', 'from 1,000', 'list', '¥10', '¥11'],
    ['offer 3', 'from 1', 'list', '¥0', '¥1.50'],
  ]);
  // The one of offer 5 gave way to none.
  expect(await world.get('/runs/2')).toContain(
    'No price gave way to another. The first price of an offer, and one that ended without another, are not listed.',
  );
});

test('a price is what a run saw it become, also when it changed again or ended after the run', async () => {
  const moves = () => cells('/runs/1', 'Prices that changed, largest moves first');
  const before = await moves();
  await world.execute(
    `INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
     SELECT offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, '2026-11-26T10:00:00+08:00', call_id, 1
     FROM catalog.price WHERE offer_id IN (1, 2)`,
  );
  await world.execute(`DELETE FROM catalog.price WHERE offer_id = 2`);
  await world.execute(
    `UPDATE catalog.price SET amount_cny = 99, valid_from = '2026-11-26T10:00:00+08:00' WHERE offer_id = 1`,
  );
  // One that began again later is no change that the run saw: its price had ended.
  await world.execute(
    `INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
     VALUES (5, 0, 'list', 1, 77, '2026-11-26T10:00:00+08:00', 1)`,
  );
  await world.execute(linkPrices);
  expect(await moves()).toEqual(before);
});

test('ten moves are shown at first, and five hundred when all are asked for', async () => {
  const page = async (query: string) => readWords(await world.get(`/runs/1${query}`));
  const add = (from: number, to: number) =>
    world.execute(
      `WITH p AS (
         INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
         SELECT 6, n, 'list', 1, 20, '2026-11-25T23:51:00+08:00', 12 FROM generate_series($1::int, $2::int) n RETURNING *)
       INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, next_amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
       SELECT offer_id, sku_id, kind, min_quantity, 10, amount_cny, '2026-11-01Z', '2026-11-25T23:51:00+08:00', 1, 12 FROM p`,
      from,
      to,
    );
  await add(1, 7);
  expect(await page('')).not.toContain('largest. All');
  await add(8, 8);
  expect(await page('')).toContain('The 10 largest. All');
  expect(await page('?prices=all')).not.toMatch(/The \d+ largest/);
  await add(9, 498);
  expect(await page('?prices=all')).toContain('The 500 largest; catalog.price_history has all.');
});

test('changes of a run are those of its calls and its time, the offer with the newest first', async () => {
  await world.execute(
    `INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
     VALUES (1, 'unit', 'a', 'is', '2026-11-25T23:50:00+08:00', 11), (2, 'unit', 'b', 'is', '2026-11-26T00:50:00+08:00', 15),
            (2, 'state', 'c', 'is', '2026-11-25T23:51:00+08:00', 12), (3, 'state', NULL, 'is', '2026-11-26T00:20:00+08:00', 14),
            (3, 'unit', NULL, 'is', '2026-11-26T00:20:00+08:00', 14), (4, 'unit', 'd', 'is', '2026-11-26T00:40:00+08:00', 16),
            (5, 'unit', 'e', 'is', '2026-11-25T23:49:59+08:00', 9)`,
  );
  const read = await createRunPages(world.ledger.db.pool).listChanges('1', 2);
  expect(read.offers).toBe(3);
  expect(read.changes.map(({ offerId, field, old }) => [offerId, field, old])).toEqual([
    ['2', 'state', 'c'],
    ['2', 'unit', 'b'],
    ['3', 'unit', null],
  ]);
  expect(await cells('/runs/1', 'Fields that changed, by offer, newest first')).toEqual([
    ['offer 2', 'state : c → is unit : b → is'],
    ['offer 3', 'unit : – → is'],
    ['offer 1', 'unit : a → is'],
  ]);
});

test('what its calls found after a run had ended is not of it, and so many rows are read', async () => {
  const { pool } = world.ledger.db;
  const at = '2026-11-26T00:50:01+08:00';
  await insertCalls(pool, [pastCall(at, { callId: '17', runId: '1' })]);
  await world.execute(
    `INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id) VALUES (6, 'unit', 'late', 'is', $1, 17)`,
    at,
  );
  await world.execute(
    `INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id) VALUES (6, 900, 'list', 1, 9999, $1, 17)`,
    at,
  );
  await world.execute(
    `INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, valid_to, call_id, closed_by_call_id)
     VALUES (6, 900, 'list', 1, 1, '2026-10-01Z', $1, 1, 17)`,
    at,
  );
  await world.execute(linkPrices);
  const pages = createRunPages(pool);
  expect((await pages.listChanges('1', 9)).offers).toBe(3);
  const [largest] = await pages.listPriceMoves('1', 1);
  expect([largest?.offerId, largest?.isCny]).toEqual(['6', '20']);
  expect(await runSql(pool, readSql('page-run-changes'), ['1', 9, 2])).toHaveLength(2);
});

test('the choices of runs are those of the newest, in their order', async () => {
  const choices = await createRunPages(world.ledger.db.pool).readChoices();
  expect(choices).toEqual({ scopes: ['all', 'other'], triggers: ['cli', 'nightly'] });
});
