import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import { createLeaseStore } from '../../../src/refresh/queue/lease-store.ts';
import { createRefreshQueue } from '../../../src/refresh/queue/refresh-queue.ts';
import type { LoadableAnswer } from '../../../src/model/catalog.ts';
import { learn } from '../../../src/refresh/learn.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  addWindow,
  empty,
  found,
  minute,
  price,
  provenance,
  searchPage,
  searchRow,
} from '../../support/answers.ts';
import { listDue } from '../../support/list-due.ts';

/* What a complete pass over a window says of offers that it does not list. */

let db: TestDatabase;
let store: CatalogStore;
let lastId = 1000;
let lastCall = 0;
const newId = () => String(++lastId);
const newCall = (time: number) => provenance(time, String(++lastCall));

beforeAll(async () => {
  db = await createTestDatabase();
  const log = createLogger({ level: 'silent', pretty: false });
  store = createCatalogStore({ pool: db.pool, learn, log, read: () => null });
});
afterAll(() => db.drop());

async function select(sql: string, ...values: unknown[]): Promise<Record<string, unknown>[]> {
  return (await db.pool.query<Record<string, unknown>>(sql, values)).rows;
}

const stateOf = async (id: string) =>
  (await select('SELECT state FROM catalog.offer WHERE offer_id = $1', id))[0]?.['state'];
const changesOf = async (id: string) =>
  (
    await select(
      `SELECT old, new FROM catalog.offer_change WHERE offer_id = $1 AND field = 'state' ORDER BY change_id`,
      id,
    )
  ).map((change) => `${String(change['old'])} -> ${String(change['new'])}`);

/** A page of a window whose list has one page, unless it says otherwise. */
function page(
  windowId: string,
  time: number,
  ids: readonly string[],
  part: { page?: number; total?: number } = {},
) {
  const rows = ids.map((id, index) => searchRow(id, { rank: index + 1 }));
  const { total = ids.length, page: number = 1 } = part;
  const pageSize = part.total === undefined ? 50 : 3;
  return searchPage(windowId, newCall(time), rows, { page: number, totalRecords: total, pageSize });
}
const pass = (windowId: string, time: number, ...ids: string[]) => store.load([page(windowId, time, ids)]);

/** A window that listed three offers; gives it and them. */
async function listed(): Promise<[window: string, gone: string, a: string, b: string]> {
  const window = await addWindow(db.pool, `window ${newId()}`);
  const ids = [newId(), newId(), newId()] as const;
  await pass(window, 0, ...ids);
  return [window, ...ids];
}

describe('an offer that a complete pass does not list', () => {
  it('is missing, by the call that completed the pass, and its prices hold on', async () => {
    const window = await addWindow(db.pool, 'two pages');
    const ids = Array.from({ length: 5 }, newId);
    const [gone = '', ...rest] = ids;
    for (const [at, some] of [ids.slice(0, 3), ids.slice(3)].entries())
      await store.load([page(window, at, some, { page: at + 1, total: 5 })]);
    await store.load([found(gone, newCall(2), { prices: [price('5')] })]);
    await store.load([page(window, 10, rest.slice(0, 3), { total: 4 })]);
    expect(await stateOf(gone)).toBe('listed');
    const last = page(window, 11, rest.slice(3), { page: 2, total: 4 });
    await store.load([last]);
    expect(await stateOf(gone)).toBe('missing');
    for (const id of rest) expect(await stateOf(id)).toBe('listed');
    const { callId } = last.provenance;
    expect(
      await select(
        `SELECT old, new, observed_at, call_id FROM catalog.offer_change
         WHERE offer_id = $1 AND new = 'missing'`,
        gone,
      ),
    ).toEqual([{ old: 'listed', new: 'missing', observed_at: minute(11), call_id: callId }]);
    expect(await select('SELECT changed_at, call_id FROM catalog.offer WHERE offer_id = $1', gone)).toEqual([
      { changed_at: minute(11), call_id: callId },
    ]);
    expect(await select('SELECT kind FROM catalog.price WHERE offer_id = $1 ORDER BY 1', gone)).toEqual([
      { kind: 'list' },
      { kind: 'search' },
    ]);
    expect(await select('SELECT FROM catalog.price_history WHERE offer_id = $1', gone)).toEqual([]);
  });

  it('stays as it is after a pass that is not complete', async () => {
    const [window, gone, a, b] = await listed();
    await store.load([page(window, 10, [a, a])]);
    await store.load([page(window, 20, [a, b, newId()], { total: 4 })]);
    await store.load([page(window, 21, [], { page: 2, total: 4 })]);
    expect(await stateOf(gone)).toBe('listed');
    await pass(window, 30, a, b);
    expect(await stateOf(gone)).toBe('missing');
  });

  it('is listed again when a search lists it again, and is missing once more the next time', async () => {
    const [window, offer, a, b] = await listed();
    await pass(window, 10, a, b);
    await pass(window, 20, a, b, offer);
    await pass(window, 30, a, b);
    expect(await changesOf(offer)).toEqual([
      'null -> listed',
      'listed -> missing',
      'missing -> listed',
      'listed -> missing',
    ]);
  });

  it('is listed again once its details say so, and the window does not make it missing again', async () => {
    const [window, offer, a, b] = await listed();
    await pass(window, 10, a, b);
    await store.load([found(offer, newCall(11))]);
    expect(await stateOf(offer)).toBe('listed');
    for (const time of [20, 30]) await pass(window, time, a, b);
    expect(await changesOf(offer)).toEqual(['null -> listed', 'listed -> missing', 'missing -> listed']);
  });

  it('is what its details say: gone at the second empty answer, delisted when it is off sale', async () => {
    const [window, offer, a, b] = await listed();
    await pass(window, 10, a, b);
    const states = [await stateOf(offer)];
    for (const answer of [
      empty(offer, newCall(11)),
      empty(offer, newCall(12)),
      found(offer, newCall(13), { offer: { sourceStatus: 'expired' } }),
    ]) {
      await store.load([answer]);
      states.push(await stateOf(offer));
    }
    expect(states).toEqual(['missing', 'missing', 'gone', 'delisted']);
  });

  it.each(['delisted', 'gone'])('stays %s when its details said so before', async (state) => {
    const [window, offer, a, b] = await listed();
    await store.load(
      state === 'gone'
        ? [empty(offer, newCall(1)), empty(offer, newCall(2))]
        : [found(offer, newCall(1), { offer: { sourceStatus: 'expired' } })],
    );
    await pass(window, 10, a, b);
    expect(await stateOf(offer)).toBe(state);
    expect(await select('SELECT stale_since FROM sync.refresh WHERE offer_id = $1', offer)).toEqual([
      { stale_since: null },
    ]);
  });

  it('is not missing while something else has shown it since the pass began', async () => {
    const [window, byDetail, a, b] = await listed();
    const bySearch = newId();
    await pass(window, 5, byDetail, a, bySearch);
    const other = await addWindow(db.pool, 'other');
    await store.load([page(window, 10, [a, b, newId()], { total: 4 })]);
    await store.load([found(byDetail, newCall(10))]);
    await store.load([page(other, 10, [bySearch], { total: 9 })]);
    await store.load([page(window, 11, [newId()], { page: 2, total: 4 })]);
    expect([await stateOf(byDetail), await stateOf(bySearch)]).toEqual(['listed', 'listed']);
  });

  it('is not missing while another window holds it, until that has passed without it too', async () => {
    const [window, offer, a, b] = await listed();
    const other = await addWindow(db.pool, `other of ${offer}`);
    await pass(other, 1, offer, a);
    await pass(window, 10, a, b);
    expect(await stateOf(offer)).toBe('listed');
    await pass(other, 11, a);
    expect(await stateOf(offer)).toBe('missing');
  });

  it('is missing although a window that is retired held it', async () => {
    const [window, offer, a, b] = await listed();
    const other = await addWindow(db.pool, `retired of ${offer}`);
    await pass(other, 1, offer, a);
    await db.pool.query('UPDATE sync.search_window SET retired_at = now() WHERE window_id = $1', [other]);
    await pass(window, 10, a, b);
    expect(await stateOf(offer)).toBe('missing');
  });

  it('is not missing for a picture that it is no longer similar to', async () => {
    const [window, offer, a, b] = await listed();
    await db.pool.query(`UPDATE sync.search_window SET keyword = '', image = $2 WHERE window_id = $1`, [
      window,
      `${window}.jpg`,
    ]);
    await pass(window, 10, a, b);
    expect(await stateOf(offer)).toBe('listed');
  });
});

it('its details are due at once, and no older answer will do', async () => {
  const leases = createLeaseStore({ pool: db.pool });
  const [window, offer, a, b] = await listed();
  const feed = `f-${offer}`;
  await db.pool.query('UPDATE sync.search_window SET feed = $2 WHERE window_id = $1', [window, feed]);
  for (const [at, id] of [a, b, offer].entries()) await store.load([found(id, newCall(at + 1))]);
  const refreshQueue = createRefreshQueue({ pool: db.pool });
  const text = `account: business\nfeeds:\n  - { name: f-${offer}, keywords: [a] }\n`;
  const [config] = parseSyncFile(text, 'test').feeds;
  if (!config) throw new Error('there is a feed');
  await refreshQueue.assignFeeds([config], -1);
  const feedSets = (await refreshQueue.listFeedSets([feed])).map(({ feedSet }) => feedSet);
  const idsDue = async (freshForMs: number) =>
    (await listDue(refreshQueue, { feedSets, freshForMs })).map(({ offerId }) => offerId);
  const foreverMs = 1e12;
  expect(await idsDue(foreverMs)).toEqual([]);
  expect(new Set(await idsDue(1))).toEqual(new Set([a, b, offer]));
  await pass(window, 10, a, b);
  expect(await leases.countDue([config], { categoryMs: 0, searchMs: foreverMs, detailMs: foreverMs })).toBe(
    1,
  );
  expect(await idsDue(foreverMs)).toEqual([offer]);
  const sinceMs = (await leases.listKnownStale([a, offer])).get(offer) ?? 0;
  expect(Date.now() - sinceMs).toBeCloseTo(minute(10).getTime(), -4);
  expect([...(await leases.listKnownStale([a, offer])).keys()]).toEqual([offer]);
  await store.load([found(offer, newCall(11))]);
  expect(await idsDue(foreverMs)).toEqual([]);
  expect(new Set(await idsDue(1))).toEqual(new Set([a, b, offer]));
  expect(await leases.listKnownStale([offer])).toEqual(new Map());
});

it('changes nothing when the pages of the pass are loaded again', async () => {
  const [window, offer, a, b] = await listed();
  const last = page(window, 10, [a, b]);
  await store.load([last]);
  await store.load([found(offer, newCall(11))]);
  const dump = async () => [
    await select('SELECT * FROM catalog.offer_change ORDER BY change_id'),
    await select('SELECT xmin::text, * FROM catalog.offer ORDER BY offer_id'),
    await select('SELECT * FROM sync.search_window ORDER BY window_id'),
    await select('SELECT * FROM sync.refresh ORDER BY offer_id'),
  ];
  const before = await dump();
  await store.load([last]);
  expect(await dump()).toEqual(before);
});

/** What may be known of the offer when a pass ends that does not list it. */
const sight = fc.record({
  kind: fc.constantFrom('found', 'off sale', 'search' as const),
  time: fc.integer({ min: 6, max: 14 }),
});

it('the state is the same whether looks at the offer are loaded before or after the pass', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sight, { maxLength: 4 }), fc.nat({ max: 4 }), async (sights, turn) => {
      const states: unknown[] = [];
      for (const passAt of [sights.length, Math.min(turn, sights.length)]) {
        const [window, offer, a, b] = await listed();
        const elsewhere = await addWindow(db.pool, `elsewhere ${offer}`, 1);
        const answers: LoadableAnswer[] = sights.map(({ kind, time }) =>
          kind === 'search'
            ? page(elsewhere, time, [offer], { total: 9 })
            : found(offer, newCall(time), {
                offer: { sourceStatus: kind === 'found' ? 'published' : 'expired' },
              }),
        );
        answers.splice(passAt, 0, page(window, 10, [a, b]));
        for (const answer of answers) await store.load([answer]);
        states.push(await stateOf(offer));
      }
      expect(states[1]).toBe(states[0]);
    }),
    {
      numRuns: 40,
      // A pass that meets an offer off sale, and a look from before the pass that comes late.
      examples: [[[6, 6, 6].map((time, at) => ({ kind: at === 1 ? 'off sale' : 'found', time })), 2]],
    },
  );
});
