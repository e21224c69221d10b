import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensurePartitions } from '../../../src/db/partitions.ts';
import { inTransaction } from '../../../src/db/in-transaction.ts';
import { createCorrection } from '../../../src/load/load-context.ts';
import { replayPrices } from '../../../src/load/replay-prices.ts';
import type { LoadableAnswer } from '../../../src/model/catalog.ts';
import {
  addWindow,
  believeEmptyDetails,
  empty,
  found,
  minute,
  price,
  provenance,
  searchPage,
  searchRow,
  seller,
  storeRaw,
  unusable,
  type DetailChanges,
} from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createIds, openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

/* What reading answers again corrects, and counts as corrected. */

let db: TestDatabase;
let world: LoadWorld;
const { newId, at } = createIds();
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool, { normalizerVersion: 4 });
  await believeEmptyDetails(db.pool);
});
afterAll(() => db.drop());

const rawIdOf = ({ provenance: { rawId } }: LoadableAnswer) => rawId;
const select = async (text: string, ...values: unknown[]) =>
  (await db.pool.query<Record<string, unknown>>(text, values)).rows;

/** From now on the answer reads otherwise. */
const reread = (answer: LoadableAnswer): string => {
  world.kept.set(rawIdOf(answer), answer);
  return rawIdOf(answer);
};

async function intervals(offerId: string): Promise<unknown[]> {
  const rows = await select(
    `SELECT trim_scale(amount_cny)::text AS amount, valid_from AS from, valid_to AS to
     FROM (SELECT offer_id, amount_cny, valid_from, valid_to FROM catalog.price_history
           UNION ALL
           SELECT offer_id, amount_cny, valid_from, NULL FROM catalog.price) every
     WHERE offer_id = $1 ORDER BY valid_from, amount_cny`,
    offerId,
  );
  const minutes = (time: unknown) =>
    time === null ? null : ((time as Date).getTime() - minute(0).getTime()) / 60_000;
  return rows.map((row) => [row['amount'], minutes(row['from']), minutes(row['to'])]);
}

describe('prices', () => {
  it('are merged again once in a reprocess', async () => {
    const id = newId();
    const from = at(1);
    await world.load(found(id, from, { prices: [price('10')] }));
    const rawId = reread(found(id, from, { prices: [price('11')] }));
    const asked: unknown[] = [];
    const none = await world.replay([rawId], async (ids, source) => {
      asked.push([ids, source]);
      return new Set([id]);
    });
    expect(asked).toEqual([[[id], 'detail']]);
    expect([none.prices, none.replayed.detail, none.offers]).toEqual([[], new Set(), new Set()]);
    expect(await intervals(id)).toEqual([['10', 1, null]]);
    const done = await world.replay([rawId]);
    expect([done.replayed.detail, done.offers, done.partial]).toEqual([
      new Set([id]),
      new Set([id]),
      new Set(),
    ]);
    expect(done.prices.map(({ offerId }) => offerId)).toEqual([id]);
    expect(await intervals(id)).toEqual([['11', 1, null]]);
  });

  it('of rows are merged again as those of details are', async () => {
    const id = newId();
    const windowId = await addWindow(db.pool, `of ${id}`);
    const from = at(1);
    const page = (priceCny: string) => searchPage(windowId, from, [searchRow(id, { priceCny })]);
    await world.load(page('10'));
    const done = await world.replay([reread(page('11'))]);
    expect([done.replayed, done.observations]).toEqual([{ detail: new Set(), search: new Set([id]) }, 1]);
    expect(await intervals(id)).toEqual([['11', 1, null]]);
    expect(await world.replay()).toMatchObject({ prices: [], observations: 0, offers: new Set() });
  });

  it('that an older release ended by an answer of another source go on', async () => {
    const id = newId();
    const windowId = await addWindow(db.pool, `of ${id}`);
    const page = searchPage(windowId, at(1), [
      searchRow(id, { priceCny: '10', furtherPrices: [{ kind: 'search_consign', amountCny: '12' }] }),
    ]);
    const detail = found(id, at(5), { prices: [price('9')] });
    await world.load(page, detail);
    const expected = await intervals(id);
    await db.pool.query(
      `WITH ended AS (DELETE FROM catalog.price WHERE offer_id = $1 AND kind = 'search_consign' RETURNING *)
       INSERT INTO catalog.price_history (offer_id, sku_id, kind, min_quantity, valid_from, valid_to, amount_cny, call_id, closed_by_call_id)
       SELECT offer_id, sku_id, kind, min_quantity, valid_from, $2, amount_cny, call_id, $3 FROM ended`,
      [id, detail.provenance.observedAt, detail.provenance.callId],
    );
    expect(await intervals(id)).not.toEqual(expected);
    await world.replay([rawIdOf(detail)]);
    expect(await intervals(id)).not.toEqual(expected);
    expect((await world.replay([rawIdOf(page)])).replayed.search).toEqual(new Set([id]));
    expect(await intervals(id)).toEqual(expected);
  });

  it('before answers that are not kept are left as they are, and the offer is partly merged again', async () => {
    const id = newId();
    const answers = [1, 5, 9].map((minutes) => found(id, at(minutes), { prices: [price(`1${minutes}`)] }));
    await world.load(...answers);
    const [first, lost, last] = answers.map(rawIdOf);
    world.kept.delete(lost ?? '');
    const changed = found(id, provenance(9, last), { prices: [price('20')] });
    const done = await world.replay([reread(changed)]);
    expect(done.partial).toEqual(new Set([id]));
    expect(await intervals(id)).toEqual([
      ['11', 1, 5],
      ['15', 5, 9],
      ['20', 9, null],
    ]);
    reread(found(id, provenance(1, first), { prices: [price('21')] }));
    const before = await world.replay([first ?? '']);
    expect([before.prices, before.partial]).toEqual([[], new Set([id])]);
    expect((await intervals(id))[0]).toEqual(['11', 1, 5]);
  });

  it('that an answer of the same instant showed, which is not kept, hold on where a later one is unreadable', async () => {
    const id = newId();
    const unread = { unreadPrices: [{ skuId: '0', kind: 'list', minQuantity: 1 }] } as const;
    const [one, lost, second, last] = [at(1), at(5), at(5), at(9)];
    await world.load(found(id, one, { prices: [price('10')] }), found(id, lost, { prices: [price('11')] }));
    await world.load(found(id, last, { prices: [price('12')] }));
    world.kept.delete(lost.rawId);
    await world.load(found(id, second, unread));
    expect(await intervals(id)).toEqual([
      ['10', 1, 5],
      ['11', 5, 9],
      ['12', 9, null],
    ]);
  });

  it('that a late answer showed stay out when another answer is given its place', async () => {
    const id = newId();
    const answers = [1, 5, 3, 2].map((minutes) => found(id, at(minutes), { prices: [price(`1${minutes}`)] }));
    const [first, newest, late, between] = answers.map((answer) => ({ answer, rawId: rawIdOf(answer) }));
    if (!first || !newest || !late || !between) throw new Error('an answer is missing');
    await world.load(first.answer, newest.answer);
    world.kept.delete(newest.rawId);
    await world.load(late.answer);
    expect(
      await select('SELECT call_id FROM catalog.observation WHERE offer_id = $1 AND is_late', id),
    ).toEqual([{ call_id: late.rawId }]);
    world.kept.set(newest.rawId, newest.answer);
    await world.load(between.answer);
    expect(await intervals(id)).toEqual([
      ['11', 1, 2],
      ['12', 2, 5],
      ['15', 5, null],
    ]);
  });

  it('are merged again by portions of at most 300 answers, each offer in one', async () => {
    const sizes = [200, 100, 1, 301, 1];
    const ids = sizes.map(newId);
    for (const [index, id] of ids.entries())
      await db.pool.query(
        `INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
         SELECT $1, $2, 'detail', 1000 * $1::bigint + n, true, false, $2 FROM generate_series(1, $3::int) n`,
        [Number(id) + 1000, minute(1), sizes[index]],
      );
    const requests = new Map(ids.map((id) => [String(Number(id) + 1000), { late: [], isWhole: true }]));
    const asked: number[] = [];
    const readAnswers = async (callIds: readonly string[]) => {
      asked.push(callIds.length);
      return new Map<string, LoadableAnswer>();
    };
    const replayed = await inTransaction(db.pool, (client) =>
      replayPrices({ client, source: 'detail', readAnswers, hand: new Map() }, requests),
    );
    expect(asked).toEqual([300, 1, 301, 1]);
    expect(replayed.map(({ isPartial, diff }) => [isPartial, diff])).toEqual(ids.map(() => [true, null]));
  });
});

describe('an offer', () => {
  it('is what its newest answer reads as now, and the change is told with an example', async () => {
    const id = newId();
    const from = at(1);
    const detail = (subject: string) => ({ offer: { subject }, seller: seller(`s-${id}`) });
    await world.load(found(id, from, detail('old')));
    const done = await world.replay([reread(found(id, from, detail('new')))]);
    expect(done).toEqual({
      ...createCorrection(),
      offers: new Set([id]),
      examples: [{ id, what: 'subject', was: 'old', is: 'new' }],
    });
    expect(await select('SELECT subject FROM catalog.offer WHERE offer_id = $1', id)).toEqual([
      { subject: 'new' },
    ]);
    expect(await world.replay([from.rawId])).toEqual(createCorrection());
  });

  it('is corrected in its seller, its numbers and its name', async () => {
    const id = newId();
    const from = at(1);
    const rated = (score: string, companyName: string, stock: number): DetailChanges => ({
      seller: seller(`s-${id}`, { companyName, compositeServiceScore: score }),
      offer: { stock },
    });
    await world.load(found(id, from, rated('4', 'A', 5)));
    const done = await world.replay([reread(found(id, from, rated('4.5', 'B', 6)))]);
    expect([done.sellers, done.observations, done.offers]).toEqual([1, 1, new Set()]);
    expect(
      await select(
        'SELECT company_name, composite_service_score FROM catalog.seller WHERE seller_id = $1',
        `s-${id}`,
      ),
    ).toEqual([{ company_name: 'B', composite_service_score: '4.5000' }]);
    expect(
      await select('SELECT company_name FROM catalog.seller_history WHERE seller_id = $1', `s-${id}`),
    ).toEqual([{ company_name: 'B' }]);
    expect(await world.replay([from.rawId])).toEqual(createCorrection());
  });

  it('that no answer finds any more is missing, then gone, and found again it is back', async () => {
    const id = newId();
    const [one, two] = [at(1), at(5)];
    await world.load(found(id, one, { prices: [price('1')] }), found(id, two, { prices: [price('1')] }));
    const read = async () =>
      (
        await select(
          `SELECT state, empty_detail_streak AS empties, found_call_id AS found FROM catalog.offer
           JOIN sync.refresh USING (offer_id) WHERE offer_id = $1`,
          id,
        )
      )[0];
    const missing = await world.replay([reread(empty(id, two))]);
    expect([missing.offers, missing.observations]).toEqual([new Set([id]), 1]);
    expect(await read()).toEqual({ state: 'missing', empties: 1, found: one.callId });
    await world.replay([reread(empty(id, one))]);
    expect(await read()).toEqual({ state: 'gone', empties: 2, found: null });
    expect(await intervals(id)).toEqual([]);
    const back = await world.replay([reread(found(id, one, { prices: [price('2')] }))]);
    expect(back.offers).toEqual(new Set([id]));
    expect(await read()).toEqual({ state: 'missing', empties: 1, found: one.callId });
    await world.replay([reread(found(id, two, { prices: [price('2')] }))]);
    expect(await read()).toEqual({ state: 'listed', empties: 0, found: two.callId });
    expect(await intervals(id)).toEqual([['2', 1, null]]);
  });

  it('of which nothing was known but an unreadable answer is new by it', async () => {
    const id = newId();
    const from = at(1);
    await world.load(unusable(id, from));
    expect(await select('SELECT offer_id FROM catalog.offer WHERE offer_id = $1', id)).toEqual([]);
    const done = await world.replay([reread(found(id, from, { prices: [price('3')] }))]);
    expect(done.offers).toEqual(new Set([id]));
    expect(await intervals(id)).toEqual([['3', 1, null]]);
  });
});

it('an empty answer that was not believed is not believed when it is read again, and another is', async () => {
  await ensurePartitions(db.pool, minute(0));
  const [doubted, rejected] = [newId(), newId()];
  await world.load(found(doubted, at(1)), found(rejected, at(1)));
  const answers = [empty(doubted, at(5)), empty(rejected, at(5))];
  for (const [index, reason] of ['suspect_empty', 'missing'].entries()) {
    const { rawId } = answers[index]?.provenance ?? at(0);
    await db.pool.query(
      `INSERT INTO sync.quarantine (raw_id, call_id, operation, path, reason, observed_at)
       VALUES ($1, $1, 'offer.detail', '$', $2, $3)`,
      [rawId, reason, minute(5)],
    );
  }
  const done = await world.replay(answers.map(reread));
  expect([done.quarantineResolved, done.quarantineAdded]).toEqual([1, 0]);
  expect(done.offers).toEqual(new Set([rejected]));
  expect(
    await select('SELECT state FROM catalog.offer WHERE offer_id = ANY ($1) ORDER BY offer_id', [
      doubted,
      rejected,
    ]),
  ).toEqual([{ state: 'listed' }, { state: 'missing' }]);
});

it('quarantine is what can not be used now, and the version that read an answer is noted', async () => {
  const id = newId();
  const from = at(1);
  const withRejects = (...paths: readonly string[]) => ({
    ...found(id, from),
    rejects: paths.map((path) => ({ path, reason: 'r', sample: null })),
  });
  await storeRaw(db.pool, [withRejects()]);
  expect((await world.load(withRejects('a', 'b', 'b'))).rejects).toBe(3);
  await db.pool.query('UPDATE raw.payload SET normalizer_version = 3 WHERE raw_id = $1', [from.rawId]);
  const done = await world.replay([reread(withRejects('b', 'c', 'd'))]);
  expect([done.quarantineResolved, done.quarantineAdded]).toEqual([1, 2]);
  expect(
    await select('SELECT path FROM sync.quarantine WHERE raw_id = $1 ORDER BY path', from.rawId),
  ).toEqual([{ path: 'b' }, { path: 'c' }, { path: 'd' }]);
  expect(await select('SELECT normalizer_version FROM raw.payload WHERE raw_id = $1', from.rawId)).toEqual([
    { normalizer_version: 4 },
  ]);
});

it('rows that could not be read before are listed by their window, and make their offers new', async () => {
  const [known, fresh] = [newId(), newId()];
  const windowId = await addWindow(db.pool, `again ${known}`);
  const page = at(1);
  const other = at(2);
  await world.load(searchPage(windowId, page, [searchRow(known)]));
  await world.load(searchPage(windowId, other, [searchRow(known)]));
  const both = [searchRow(known), searchRow(fresh, { rank: 2 })];
  const done = await world.replay([reread(searchPage(windowId, page, both)), other.rawId]);
  expect(done.offers).toEqual(new Set([fresh]));
  expect(
    await select(
      'SELECT offer_id, last_seen_at FROM sync.window_offer WHERE window_id = $1 ORDER BY offer_id',
      windowId,
    ),
  ).toEqual([
    { offer_id: known, last_seen_at: minute(2) },
    { offer_id: fresh, last_seen_at: minute(1) },
  ]);
  expect(
    await select(
      'SELECT call_id, offer_id FROM catalog.search_hit WHERE window_id = $1 ORDER BY 1, 2',
      windowId,
    ),
  ).toEqual([
    { call_id: page.callId, offer_id: known },
    { call_id: page.callId, offer_id: fresh },
    { call_id: other.callId, offer_id: known },
  ]);
});
