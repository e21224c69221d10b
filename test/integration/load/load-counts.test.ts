import { afterAll, beforeAll, expect, it } from 'vitest';
import { inTransaction } from '../../../src/db/in-transaction.ts';
import type { LoadContext } from '../../../src/load/load-context.ts';
import { createLoadCounters, type LoadCounters } from '../../../src/load/load-counters.ts';
import { loadDetails } from '../../../src/load/load-details.ts';
import { loadSearchPages } from '../../../src/load/load-search-pages.ts';
import type { LoadableOffer, LoadableSearchPage } from '../../../src/model/catalog.ts';
import { learn } from '../../../src/refresh/learn.ts';
import { beginStatsUpdate, type RefreshStatsUpdate } from '../../../src/refresh/update/refresh-stats.ts';
import {
  addWindow,
  believeEmptyDetails,
  empty,
  found,
  learnNothing,
  minute,
  price,
  searchPage,
  searchRow,
  unusable,
} from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createIds, openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

/* What a load counts, and learns, beside what it writes. */

let db: TestDatabase;
let world: LoadWorld;
const { newId, at } = createIds();
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool);
  await believeEmptyDetails(db.pool);
});
afterAll(() => db.drop());

interface Counted {
  readonly counters: LoadCounters;
  readonly statsUpdate: RefreshStatsUpdate;
}

async function count(
  load: (context: LoadContext, counters: LoadCounters) => Promise<unknown>,
  isLearning = false,
): Promise<Counted> {
  const counters = createLoadCounters();
  return inTransaction(db.pool, async (client) => {
    const statsUpdate = await beginStatsUpdate(client, isLearning ? learn : learnNothing);
    await load(
      {
        ...{ client, statsUpdate, normalizerVersion: null, replay: null, hand: new Map() },
        readAnswers: async () => world.kept,
      },
      counters,
    );
    return { counters, statsUpdate };
  });
}

const countDetails = (...answers: readonly LoadableOffer[]) =>
  count((context, counters) => loadDetails(context, answers, counters), true);

const countPages = (...pages: readonly LoadableSearchPage[]) =>
  count((context, counters) => loadSearchPages(context, pages, counters));

const listed = (ids: ReadonlySet<string>, names: Readonly<Record<string, string>>) =>
  Object.keys(names)
    .filter((name) => ids.has(names[name] ?? ''))
    .toSorted();

it('a detail completes what rows alone had shown, and an offer that no detail found is completed by its first', async () => {
  const windowId = await addWindow(db.pool, 'completed');
  const ids = {
    row: newId(),
    known: newId(),
    fresh: newId(),
    emptyRow: newId(),
    emptied: newId(),
    back: newId(),
    late: newId(),
  };
  await world.load(searchPage(windowId, at(1), [searchRow(ids.row), searchRow(ids.emptyRow, { rank: 2 })]));
  await world.load(
    ...[found(ids.known, at(2)), empty(ids.emptied, at(2)), empty(ids.back, at(2)), found(ids.late, at(9))],
  );
  const { counters } = await countDetails(
    found(ids.row, at(5)),
    found(ids.known, at(5), { offer: { subject: 'other' } }),
    found(ids.fresh, at(5)),
    empty(ids.emptyRow, at(5)),
    empty(ids.emptied, at(5)),
    found(ids.back, at(5)),
    found(ids.late, at(5)),
  );
  expect(listed(counters.seen, ids)).toEqual(Object.keys(ids).toSorted());
  expect(listed(counters.completed, ids)).toEqual(['emptyRow', 'fresh', 'row']);
  expect(listed(counters.added, ids)).toEqual(['fresh']);
  expect(listed(counters.changed, ids)).toEqual(['back', 'emptied', 'emptyRow', 'known', 'row']);
  expect(
    (await countDetails(found(ids.known, at(6), { offer: { subject: 'other' } }))).counters.changed,
  ).toEqual(new Set());
  const again = found(ids.known, at(7));
  await world.load(again);
  expect((await countDetails(again)).counters.seen).toEqual(new Set());
});

it('stock that ran out or came back is counted, from one newest detail to the next', async () => {
  const stocks = {
    out: [5, 0],
    back: [0, 1],
    still: [5, 4],
    none: [0, 0],
    unknown: [5, null],
    after: [null, 0],
  };
  const ids = Object.fromEntries(Object.keys(stocks).map((name) => [name, newId()]));
  const ask = (nth: 0 | 1, minutes: number) =>
    Object.entries(stocks).map(([name, stock]) =>
      found(ids[name] ?? '', at(minutes), { offer: { stock: stock[nth] ?? null } }),
    );
  await world.load(...ask(0, 10));
  const { counters } = await countDetails(...ask(1, 20));
  expect(listed(counters.stockMoved, ids)).toEqual(['back', 'out']);
  // Loaded after newer ones, it says nothing of the present.
  const late = await countDetails(found(ids['still'] ?? '', at(15), { offer: { stock: 0 } }));
  expect(late.counters.stockMoved).toEqual(new Set());
});

it('prices that answers opened and ended are counted by offer, also those that came late', async () => {
  const id = newId();
  await world.load(found(id, at(1), { prices: [price('10')] }), found(id, at(9), { prices: [price('12')] }));
  const newest = found(id, at(10), { prices: [price('14')] });
  world.kept.set(newest.provenance.rawId, newest);
  const { counters } = await countDetails(newest);
  expect([counters.pricesOpened, counters.pricesClosed.get(id)]).toEqual([1, 1]);
  const late = found(id, at(5), { prices: [price('11')] });
  expect(await world.load(late)).toMatchObject({ pricesOpened: 1, pricesClosed: 1 });
});

it('why a detail was asked for is what was known of its offer as its call was granted', async () => {
  const ids = {
    first: newId(),
    emptied: newId(),
    row: newId(),
    edge: newId(),
    later: newId(),
    promised: newId(),
  };
  const asked = { ...ids, value: newId() };
  await world.load(
    ...[asked.row, asked.edge, asked.later, asked.promised, asked.value].map((id) => found(id, at(1))),
  );
  await world.load(empty(asked.emptied, at(1)));
  const stale = (id: string, by: string, minutes: number) =>
    db.pool.query('UPDATE sync.refresh SET stale_by = $2, stale_since = $3 WHERE offer_id = $1', [
      id,
      by,
      minute(minutes),
    ]);
  await stale(asked.emptied, 'absence', 2);
  await stale(asked.row, 'row', 2);
  await stale(asked.edge, 'modify_date', 5);
  await stale(asked.later, 'absence', 6);
  await db.pool.query(
    `UPDATE sync.refresh SET leased_for = 'max_age', leased_by = 1, leased_until = 'infinity' WHERE offer_id = ANY ($1)`,
    [[asked.row, asked.promised, asked.first]],
  );
  const answers = Object.values(asked).map((id) => found(id, at(5)));
  const { counters } = await countDetails(...answers);
  const prompts = answers.map(({ provenance: { rawId } }) => counters.prompts.get(rawId));
  expect(Object.fromEntries(Object.keys(asked).map((name, index) => [name, prompts[index]]))).toEqual({
    ...{ first: 'first', emptied: 'absence', row: 'row', edge: 'modify_date', later: 'value' },
    ...{ promised: 'max_age', value: 'value' },
  });
});

it('an answer that nobody can read answers what was due until it, and nothing that is due since', async () => {
  const ids = { before: newId(), edge: newId(), after: newId(), older: newId() };
  await world.load(...Object.values(ids).map((id) => found(id, at(1))));
  await world.load(found(ids.older, at(9)));
  const since = { before: 4, edge: 5, after: 6, older: 4 };
  for (const [name, minutes] of Object.entries(since))
    await db.pool.query(`UPDATE sync.refresh SET stale_by = 'row', stale_since = $2 WHERE offer_id = $1`, [
      ids[name as keyof typeof ids],
      minute(minutes),
    ]);
  await countDetails(...Object.values(ids).map((id) => unusable(id, at(5))));
  const { rows } = await db.pool.query<{ stale_since: Date | null; detail_at: Date; found_at: Date }>(
    'SELECT stale_since, detail_at, found_at FROM sync.refresh WHERE offer_id = ANY ($1) ORDER BY offer_id',
    [Object.values(ids)],
  );
  expect(rows).toEqual([
    { stale_since: null, detail_at: minute(5), found_at: minute(1) },
    { stale_since: null, detail_at: minute(5), found_at: minute(1) },
    { stale_since: minute(6), detail_at: minute(5), found_at: minute(1) },
    { stale_since: null, detail_at: minute(9), found_at: minute(9) },
  ]);
});

it('details that are found or empty are counted, but for empty ones that were expected, and old ones', async () => {
  const ids = {
    found: newId(),
    absent: newId(),
    emptied: newId(),
    empty: newId(),
    late: newId(),
    row: newId(),
  };
  const known = [ids.found, ids.absent, ids.emptied, ids.empty, ids.row];
  await world.load(...known.map((id) => found(id, at(1))), found(ids.late, at(9)));
  await world.load(empty(ids.emptied, at(2)));
  for (const [id, by] of [
    [ids.absent, 'absence'],
    [ids.row, 'row'],
  ])
    await db.pool.query('UPDATE sync.refresh SET stale_by = $2, stale_since = $3 WHERE offer_id = $1', [
      id,
      by,
      minute(2),
    ]);
  const { statsUpdate } = await countDetails(
    ...[ids.absent, ids.emptied, ids.empty, ids.late, ids.row].map((id) => empty(id, at(5))),
    unusable(newId(), at(5)),
    found(ids.found, at(5)),
    found(newId(), at(5)),
    found(newId(), at(5)),
  );
  expect(statsUpdate.details).toEqual({ found: 3, empty: 2 });
  const back = await countDetails(
    found(ids.emptied, at(6)),
    found(ids.absent, at(6)),
    found(ids.late, at(6)),
  );
  expect(back.statsUpdate.details).toEqual({ found: 2, empty: 0 });
});

it('rows that are the newest of their offers are seen, and complete offers that no row had shown', async () => {
  const windowId = await addWindow(db.pool, 'rows');
  const ids = { fresh: newId(), known: newId(), detail: newId(), late: newId() };
  await world.load(searchPage(windowId, at(1), [searchRow(ids.known)]));
  await world.load(searchPage(windowId, at(9), [searchRow(ids.late)]));
  await world.load(found(ids.detail, at(2)));
  const rows = Object.values(ids).map((id, index) => searchRow(id, { rank: index + 1, priceCny: '8.5' }));
  const page = searchPage(windowId, at(5), rows);
  const { counters } = await countPages(page);
  expect(listed(counters.seen, ids)).toEqual(['detail', 'fresh', 'known']);
  expect(listed(counters.completed, ids)).toEqual(['detail', 'fresh']);
  expect(listed(counters.added, ids)).toEqual(['fresh']);
  expect(listed(counters.changed, ids)).toEqual(['detail', 'fresh', 'known']);
  expect([counters.pricesOpened, counters.pricesClosed.get(ids.known)]).toEqual([3, 1]);
  expect((await countPages(page)).counters.seen).toEqual(new Set());
});

it('the report of a load has offers that are new, changed and unchanged, once each', async () => {
  const windowId = await addWindow(db.pool, 'report');
  const ids = { fresh: newId(), row: newId(), same: newId(), other: newId(), priced: newId() };
  const plain = { prices: [price('3')] };
  await world.load(searchPage(windowId, at(1), [searchRow(ids.row)]));
  await world.load(...[ids.same, ids.other, ids.priced].map((id) => found(id, at(1), plain)));
  const report = await world.load(
    found(ids.fresh, at(5), plain),
    found(ids.row, at(5), plain),
    found(ids.same, at(5), plain),
    found(ids.same, at(6), plain),
    found(ids.other, at(5), { ...plain, offer: { subject: 'other' } }),
    found(ids.priced, at(5), { prices: [price('4')] }),
    searchPage(windowId, at(5), [searchRow(newId()), searchRow(newId(), { rank: 2 })]),
  );
  expect(report).toEqual({
    ...{ categories: 0, offersNew: 3, offersCompleted: 2, offersChanged: 2, offersUnchanged: 1 },
    ...{ pricesOpened: 5, pricesClosed: 1, rejects: 0 },
  });
});
