import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createCatalogStore } from '../../../src/load/catalog-store.ts';
import { found, learnNothing, provenance } from '../../support/answers.ts';
import {
  api,
  appKey,
  openLedger,
  settlementFor,
  silentLog,
  type OpenLedger,
} from '../../support/open-ledger.ts';

/*
 * A partition that another session is making is seen by its name before it is seen to belong to its parent: in the moment between
 * the end of a transaction and the news of it. Here that moment is as long as it takes to attach a table that is there.
 */

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 100 });
});

/** The table of a month is there, and belongs to nothing yet. Returns what attaches it, after `ms`. */
async function makeDetached(parent: string, month: string): Promise<(ms: number) => Promise<void>> {
  const partition = `${parent}_${month.replace('-', '_')}`;
  await at.db.pool.query(
    `CREATE TABLE ${partition} (LIKE ${parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`,
  );
  const first = new Date(`${month}-01T00:00:00Z`);
  const next = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 1));
  return async (ms) => {
    await delay(ms);
    await at.db.pool.query(
      `ALTER TABLE ${parent} ATTACH PARTITION ${partition} FOR VALUES FROM ('${first.toISOString()}') TO ('${next.toISOString()}')`,
    );
  };
}

it('a call is granted once the partition is attached', async () => {
  const attach = await makeDetached('usage.api_call', '2031-07');
  await at.setTime('2031-07-10T12:00:00Z');
  const [answer] = await Promise.all([at.grant('one'), attach(100)]);
  expect(answer.kind).toBe('granted');
  expect(await at.callStates()).toEqual(['reserved']);
});

it('an answer that was paid for is stored once the partition is attached', async () => {
  const attach = await makeDetached('raw.payload', '2031-08');
  await at.setTime('2031-08-10T12:00:00Z');
  const { callId } = await at.grant('one');
  const [{ rawId }] = await Promise.all([at.ledger.settle(settlementFor(callId)), attach(100)]);
  expect(rawId).not.toBeNull();
  expect(await at.callStates()).toEqual(['committed']);
});

it('an answer is loaded once the partition is attached', async () => {
  const attach = await makeDetached('catalog.observation', '2031-10');
  const from = { ...provenance(0), observedAt: new Date('2031-10-10T12:00:00Z') };
  const store = createCatalogStore({
    pool: at.db.pool,
    log: silentLog,
    learn: learnNothing,
    read: () => null,
  });
  const [report] = await Promise.all([store.load([found('501', from)]), attach(100)]);
  expect(report.offersNew).toBe(1);
});

it('where it never is, the error says so', async () => {
  await makeDetached('raw.payload', '2031-09');
  await at.setTime('2031-09-10T12:00:00Z');
  const { callId } = await at.grant('one');
  await expect(at.ledger.settle(settlementFor(callId))).rejects.toMatchObject({
    code: 'DATABASE_REJECTED',
    facts: { databaseCode: '23514', table: 'payload' },
  });
  expect(await at.callStates()).toEqual(['reserved']);
});
