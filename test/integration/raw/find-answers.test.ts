import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ReserveRequest } from '../../../src/model/ledger.ts';
import { api, appKey, openLedger, settlementFor, type OpenLedger } from '../../support/open-ledger.ts';

let at: OpenLedger;

beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.db.pool.query('TRUNCATE sync.quarantine');
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 100 });
});

/** Stores an answer, by default to the detail of the offer `name`. @returns its raw id */
async function store(name: string, overrides?: Partial<ReserveRequest>): Promise<string> {
  const call = await at.grant(name, overrides);
  const { rawId } = await at.ledger.settle(settlementFor(call.callId, { body: Buffer.from(name) }));
  return String(rawId);
}

const unloaded = async () => (await at.raw.listUnloaded(10)).map(({ rawId }) => rawId);

describe('one answer', () => {
  it('is read by its id, and is null when it is not there', async () => {
    const [first, second] = [await store('a'), await store('b')];
    expect((await at.raw.read(second))?.body.toString()).toBe('b');
    expect((await at.raw.read(first))?.body.toString()).toBe('a');
    expect(await at.raw.read(String(Number(second) + 1))).toBeNull();
  });

  it('is found as the newest of its operation whose request has all the parts', async () => {
    await store('a');
    const newest = await store('a');
    await store('b');
    await store('a page', {
      request: { operation: 'search.keyword', offerId: 'a' } as unknown as ReserveRequest['request'],
    });
    const find = (parts: Record<string, string>) => at.raw.findNewest('offer.detail', parts);
    expect((await find({ offerId: 'a' }))?.rawId).toBe(newest);
    expect((await find({ offerId: 'a', language: 'en' }))?.rawId).toBe(newest);
    expect(await find({ offerId: 'a', language: 'ja' })).toBeNull();
    expect(await find({ offerId: 'c' })).toBeNull();
  });
});

describe('answers that stay out of the catalog', () => {
  it('are kept, are not to be loaded any more, and leave the others as they are', async () => {
    const [kept, other] = [await store('a'), await store('b')];
    await at.raw.keepOut(kept);
    expect(await unloaded()).toEqual([other]);
    expect((await at.raw.read(kept))?.body.toString()).toBe('a');
  });

  it('go into quarantine once, with their reason, and leave the others as they are', async () => {
    const [bad, other] = [await store('a'), await store('b')];
    await at.raw.setAside(bad, 'RAW_DAMAGED');
    await at.raw.setAside(bad, 'LOAD_FAILED');
    expect(await unloaded()).toEqual([other]);
    const { rows } = await at.db.pool.query('SELECT raw_id, operation, path, reason FROM sync.quarantine');
    expect(rows).toEqual([{ raw_id: bad, operation: 'offer.detail', path: '$', reason: 'RAW_DAMAGED' }]);
  });

  it('are no matter of luck: what the database refuses is an error', async () => {
    await expect(at.raw.keepOut('none')).rejects.toThrow();
    await expect(at.raw.setAside('none', 'RAW_DAMAGED')).rejects.toThrow();
  });
});

describe('answers that wait to be loaded', () => {
  it('are listed from the age on that is asked for, by default at once', async () => {
    const rawId = await store('a');
    const { rows } = await at.db.pool.query<{ at: string }>('SELECT stored_at::text AS at FROM raw.payload');
    /** A clock that stands still, some milliseconds after the answer was stored. */
    const standAt = (ms: number) =>
      at.db.pool.query(
        `CREATE OR REPLACE FUNCTION usage.ledger_now() RETURNS timestamptz LANGUAGE plpgsql STABLE AS
         $$ BEGIN RETURN '${String(rows[0]?.at)}'::timestamptz + interval '${ms} ms'; END $$`,
      );
    await standAt(0);
    expect(await unloaded()).toEqual([rawId]);
    await standAt(59_999);
    expect(await at.raw.listUnloaded(10, 60_000)).toEqual([]);
    await standAt(60_000);
    expect(await at.raw.listUnloaded(10, 60_000)).toHaveLength(1);
  });
});
