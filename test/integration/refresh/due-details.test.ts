import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLeaseStore } from '../../../src/refresh/queue/lease-store.ts';
import { createRefreshQueue } from '../../../src/refresh/queue/refresh-queue.ts';
import { listDue } from '../../support/list-due.ts';
import { call, at, noon, openStillLedger, type Row, type StillLedger } from '../../support/still-ledger.ts';
import { day, feedSets, holds, hour, offer, runs, tries } from '../../support/refresh-rows.ts';

/* Which details are due, second by second. */

let still: StillLedger;
beforeAll(async () => {
  still = await openStillLedger();
});
afterAll(() => still.close());

const base = [...runs, ...feedSets];
const hourMs = hour * 1000;
/** Offers from an id on, one for each of these states, of which some are free. */
const each = (from: number, states: typeof holds, values: Row[1] = {}) =>
  states.map(([state], index) => offer(from + index, { ...values, ...state }));
const freeOf = (from: number, states: typeof holds) =>
  states.flatMap(([, isFree], index) => (isFree ? [String(from + index)] : []));

describe('details that are due by their age', () => {
  const list = (rows: readonly Row[], sets: readonly number[] = [1, 3]) =>
    still.within([...base, ...rows], (pool) =>
      listDue(createRefreshQueue({ pool }), { feedSets: sets, freshForMs: hourMs }),
    );
  const idsOf = async (...given: Parameters<typeof list>) =>
    (await list(...given)).map(({ offerId }) => offerId);

  it('are due when they are old enough, and always below 0', async () => {
    const ages = [-hour, -hour + 1, 0, hour];
    const rows = [-3, 0, 5].flatMap((bucket) =>
      ages.map((seconds, index) => offer(100 * (bucket + 4) + index, { bucket, order_at: at(seconds) })),
    );
    const gone = offer(7, { bucket: null, order_at: null });
    expect(await idsOf([...rows, gone])).toEqual(['100', '101', '102', '103', '400', '900']);
  });

  it('are those of the sets that were asked for, of each of their buckets', async () => {
    const rows = [1, 2, 3].flatMap((set) =>
      [-1, 4, 6].map((bucket) => offer(set * 10 + bucket, { feed_set: set, bucket })),
    );
    expect((await idsOf(rows)).toSorted()).toEqual(['14', '16', '29', '34', '36', '9']);
    expect((await idsOf(rows, [2])).toSorted()).toEqual(['19', '24', '26']);
    expect(await idsOf(rows, [])).toEqual([]);
  });

  it('are free, and not postponed', async () => {
    const rows = [...each(10, holds), ...each(20, tries)];
    expect(await idsOf(rows)).toEqual([...freeOf(10, holds), ...freeOf(20, tries)]);
  });

  it('are read from the oldest of each bucket on, as many as are asked for', async () => {
    const rows = [
      offer(3),
      offer(2),
      offer(1, { order_at: at(-3 * hour) }),
      offer(4),
      offer(9, { bucket: 6 }),
      offer(8, { bucket: 6, order_at: at(-3 * hour), leased_by: 1, leased_until: at(1) }),
    ];
    expect(await idsOf(rows)).toEqual(['1', '2', '3', '4', '9']);
    await still.within([...base, ...rows], async (pool) => {
      const queue = createRefreshQueue({ pool });
      const heads = await queue.listHeads({ feedSets: [1], freshForMs: hourMs });
      expect(heads.map(({ offerId }) => offerId)).toEqual(['1', '9']);
      const [first, other] = heads;
      if (!first || !other) throw new Error('there are two');
      const places = [
        { after: first, limit: 2 },
        { after: other, limit: 9 },
      ];
      const next = await queue.listFollowing(places, hourMs);
      expect(next.map(({ offerId }) => offerId)).toEqual(['2', '3']);
    });
  });

  it('have the ages of what was seen of them last', async () => {
    const rows = [
      offer(1, { summary_at: at(-2 * day), detail_at: at(-day), popularity: 3 }),
      offer(2, { summary_at: at(-day), detail_at: at(-3 * day), rate_changes: 2, rate_days: 8 }),
      offer(3, { summary_at: at(-2 * day) }),
      offer(4),
      offer(5, { summary_at: at(day), detail_at: at(day) }),
    ];
    const heads = await list(rows);
    expect(heads.map((head) => [head.summaryAgeDays, head.detailAgeDays])).toEqual([
      [1, 1],
      [1, 3],
      [2, 2],
      [9, 9],
      [0, 0],
    ]);
    expect(heads[0]).toMatchObject({ offerId: '1', feedSet: 1, bucket: 5, popularity: 3 });
    expect(heads[1]?.learned).toEqual({ changes: 2, days: 8 });
    expect(new Date(heads[0]?.orderAt ?? '')).toEqual(new Date(at(-2 * hour)));
  });
});

describe('details that are due by a promised age', () => {
  /** Set 1 is due after an hour, and set 3 after three. */
  const sets = [
    { feedSet: 1, maxAgeMs: 2 * hourMs, dueAgeMs: hourMs, everyMs: hourMs },
    { feedSet: 3, maxAgeMs: 6 * hourMs, dueAgeMs: 3 * hourMs, everyMs: 3 * hourMs },
  ];
  const list = (rows: readonly Row[], limit = 99) =>
    still.within([...base, ...rows], (pool) => createRefreshQueue({ pool }).listPromised(sets, limit));

  it('come by the time at which they pass it, those without one first', async () => {
    const rows = [
      offer(1, { detail_at: at(-hour) }),
      offer(2, { detail_at: at(-hour + 1) }),
      offer(3, { detail_at: at(-4 * hour), feed_set: 3 }),
      offer(4, { detail_at: at(-6 * hour), feed_set: 3 }),
      offer(6, { detail_at: at(-90 * 60) }),
      offer(5, { detail_at: at(-90 * 60) }),
      offer(7),
      offer(8, { detail_at: at(-9 * hour), feed_set: 2 }),
      offer(9, { bucket: null, order_at: null, detail_at: at(-9 * hour) }),
    ];
    // Until they pass it: none, 0, half an hour twice, one and two hours.
    expect(await list(rows)).toEqual(['7', '4', '5', '6', '1', '3']);
    expect(await list(rows, 3)).toEqual(['7', '4', '5']);
  });

  it('are free, and not postponed', async () => {
    const rows = [...each(10, holds), ...each(20, tries)];
    expect(await list(rows)).toEqual([...freeOf(10, holds), ...freeOf(20, tries)]);
  });

  const count = (rows: readonly Row[], seconds: number, limit = 99) =>
    still.within([...base, ...rows], (pool) =>
      createRefreshQueue({ pool }).countPromisedCalls(sets, new Date(at(seconds)), limit),
    );

  it.each<[string, readonly Row[], number]>([
    ['one now, and one for each time that it is due again', [offer(1)], 1 + 4],
    ['one when it is due, and those after it', [offer(1, { detail_at: at(0) })], 1 + 3],
    ['none of one that is not due by then', [offer(1, { detail_at: at(3 * hour + 1) })], 0],
    ['one of one that is due just then', [offer(1, { detail_at: at(3 * hour) })], 1],
    ['those of each set', [offer(1), offer(2, { feed_set: 3 }), offer(3, { feed_set: 2 })], 5 + 2],
    ['none of one that is gone', [offer(1, { bucket: null, order_at: null })], 0],
    ['those of one that is tried again by then', [offer(1, { not_before: at(4 * hour) })], 5],
    ['none of one that is tried later', [offer(1, { not_before: at(4 * hour + 1) })], 0],
  ])('take calls until four hours after noon: %s', async (_, rows, calls) => {
    expect(await count(rows, 4 * hour)).toBe(calls);
  });

  it('are read so many at most', async () => {
    const rows = [offer(1), offer(2), offer(3), offer(4, { feed_set: 3 })];
    expect(await count(rows, 0, 3)).toBe(3);
    expect(await count(rows, 0)).toBe(4);
    expect(await count([], 0)).toBe(0);
  });
});

describe('a run that takes offers', () => {
  const take = (
    rows: readonly Row[],
    ids: readonly number[],
    promised: readonly number[] = [],
    runId = '1',
  ) =>
    still.within([...base, ...rows], async (pool) => {
      const taken = await createLeaseStore({ pool }).takeOffers(runId, ids.map(String), promised.map(String));
      const { rows: leases } = await pool.query<Record<string, unknown>>(
        `SELECT offer_id, leased_by, leased_for, extract(epoch FROM leased_until - '${noon}')::int AS seconds
         FROM sync.refresh WHERE leased_by = $1 ORDER BY offer_id`,
        [runId],
      );
      return { taken: taken.toSorted(), leases };
    });

  it('gets those that are free, for ten minutes, and knows for what', async () => {
    const states = each(10, holds, { leased_for: 'max_age' });
    const ids = [10, 11, 12, 13, 14];
    const { taken, leases } = await take([...states, offer(30)], ids, [10, 12]);
    expect(taken).toEqual(freeOf(10, holds));
    const lease = { leased_by: '1', seconds: 600 };
    expect(leases).toEqual([
      { offer_id: '10', leased_for: 'max_age', ...lease },
      { offer_id: '11', leased_for: null, ...lease },
      { offer_id: '14', leased_for: null, ...lease },
    ]);
  });

  it.each<[string, Row[1], readonly number[], boolean]>([
    ['one without a detail', {}, [], true],
    ['one whose detail is older than the run', { detail_at: at(-hour - 1) }, [], true],
    ['not one that was loaded since the run began', { detail_at: at(-hour) }, [], false],
    [
      'one that is known to be wrong since',
      { detail_at: at(0), stale_since: at(0), stale_by: 'row' },
      [],
      true,
    ],
    ['one whose promised age makes it due', { detail_at: at(0) }, [1], true],
    ['not one for the promised age of another', { detail_at: at(0) }, [2], false],
  ])('gets %s', async (_, values, promised, isTaken) => {
    expect((await take([offer(1, values)], [1], promised)).taken).toEqual(isTaken ? ['1'] : []);
  });

  it('that has not begun gets those that others loaded', async () => {
    const queued: Row = [
      'sync.run',
      {
        run_id: 4,
        scope: 'x',
        trigger: 't',
        source: 'sandbox',
        status: 'queued',
        feeds: [],
        requested_at: at(0),
        calls_used: 0,
      },
    ];
    expect((await take([queued, offer(1, { detail_at: at(0) })], [1], [], '4')).taken).toEqual(['1']);
  });
});

describe('the details of a run', () => {
  it('are loaded when nothing of their answers waits, and under way while their leases last', async () => {
    const payload = (callId: number, loadedAt: string | null): Row => [
      'raw.payload',
      {
        ...{ raw_id: callId, stored_at: at(-60), call_id: callId, operation: 'offer.detail', request: {} },
        ...{ request_hash: '\\x00', observed_at: at(-60), http_status: 200, body: '\\x00', body_bytes: 1 },
        ...{ body_sha256: '\\x00', loaded_at: loadedAt },
      },
    ];
    const of = (runId: number, values: Row[1] = {}) => ({ run_id: runId, ...values });
    const rows = [
      ...base,
      call(1, -60, of(1)),
      call(2, -60, of(1)),
      call(3, -60, of(1)),
      call(4, -60, of(2)),
      call(5, -60, of(1, { operation: 'search.keyword' })),
      call(6, -60, of(1, { outcome: 'business_error' })),
      payload(2, null),
      payload(3, at(0)),
      offer(1, { leased_by: 1, leased_until: at(1) }),
      offer(2, { leased_by: 1, leased_until: at(0) }),
      offer(3, { leased_by: 2, leased_until: at(1) }),
      offer(4, { leased_by: 1, leased_until: at(2) }),
    ];
    const count = (limit: number) =>
      still.within(rows, (pool) => createRefreshQueue({ pool }).countDetails('1', limit));
    expect(await count(99)).toEqual({ loaded: 2, underWay: 2 });
    expect(await count(1)).toEqual({ loaded: 1, underWay: 2 });
  });
});
