import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createPool } from '../../../src/db/pool.ts';
import { emptySpool } from '../../../src/ledger/empty-spool.ts';
import { keepUnsettled } from '../../../src/ledger/keep-unsettled.ts';
import { createLedgerStore } from '../../../src/ledger/ledger-store.ts';
import { openSpool } from '../../../src/ledger/spool.ts';
import {
  api,
  appKey,
  openLedger,
  requestFor,
  settlementFor,
  silentLog,
  type OpenLedger,
} from '../../support/open-ledger.ts';
import { findScratchFolder } from '../../support/scratch-folder.ts';
import { openWeakLink } from '../../support/weak-link.ts';

let at: OpenLedger;
let other: OpenLedger;
beforeAll(async () => {
  [at, other] = await Promise.all([openLedger({ maxCallMs: 1 }), openLedger({})]);
});
afterAll(() => Promise.all([at.db.drop(), other.db.drop()]));
beforeEach(async () => {
  await at.reset();
  await at.setTime('2026-11-25T12:00:00+08:00');
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 100 });
});

const body = Buffer.from('{"result": 价}');
const findCalls = async () => {
  const { rows } = await at.db.pool.query(
    `SELECT c.state, p.body_bytes, p.observed_at = c.granted_at AS is_of_grant, p.loaded_at
     FROM usage.api_call c LEFT JOIN raw.payload p USING (raw_id) ORDER BY c.call_id`,
  );
  return rows as unknown[];
};

/** A process whose database does not answer, from its grants on. */
async function openStalled() {
  const folder = join(mkdtempSync(join(findScratchFolder(), 'spool-')), 'spool');
  const link = await openWeakLink(at.db.url);
  const cut = new AbortController();
  const pool = createPool({ connectionString: link.url, max: 2, log: silentLog, cut: cut.signal });
  await pool.query('SELECT 1');
  const store = createLedgerStore({ pool, log: silentLog, signal: cut.signal });
  const ledger = keepUnsettled(store, { spool: openSpool(folder, silentLog), cut: cut.signal });
  link.stall();
  const close = async () => {
    await pool.end();
    await link.close();
  };
  return { folder, ledger, cut, close };
}

const emptyInto = (place: OpenLedger, folder: string) =>
  emptySpool({
    ...{ pool: place.db.pool, ledger: place.ledger, log: silentLog },
    spool: openSpool(folder, silentLog),
  });

it('an answer that cannot be stored before the process ends is stored by the next one, though it counted as unknown', async () => {
  const { callId, observedAt } = await at.grant('a');
  await at.ledger.markSent(callId);
  const { folder, ledger, cut, close } = await openStalled();
  const settling = ledger.settle(settlementFor(callId, { observedAt, body }));
  cut.abort();
  await expect(settling).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  expect(ledger.countUnsettled()).toEqual({ kept: 1, unknown: 0, code: 'DATABASE_UNREACHABLE' });
  await close();
  await at.setTime('2026-11-25T12:01:00+08:00');
  await at.ledger.sweep();
  expect(await findCalls()).toMatchObject([{ state: 'unknown' }]);
  await emptyInto(at, folder);
  const stored = { state: 'committed', body_bytes: body.length, is_of_grant: true, loaded_at: null };
  expect(await findCalls()).toEqual([stored]);
  expect(readdirSync(folder)).toEqual([]);
});

it('an answer that is on its way when the process ends is kept at once, and not any more when it was stored', async () => {
  const [before, during, after] = [await at.grant('a'), await at.grant('b'), await at.grant('c')];
  const folder = join(mkdtempSync(join(findScratchFolder(), 'spool-')), 'spool');
  const cut = new AbortController();
  const ledger = keepUnsettled(at.ledger, { spool: openSpool(folder, silentLog), cut: cut.signal });
  const settle = ({ callId }: { callId: string }) => ledger.settle(settlementFor(callId, { body }));
  await settle(before);
  const underWay = settle(during);
  cut.abort();
  expect(ledger.countUnsettled()).toEqual({ kept: 1, unknown: 0, code: null });
  expect(readdirSync(folder)).toHaveLength(1);
  const late = settle(after);
  expect(ledger.countUnsettled()).toEqual({ kept: 2, unknown: 0, code: null });
  await Promise.all([underWay, late]);
  expect(ledger.countUnsettled()).toEqual({ kept: 0, unknown: 0, code: null });
  expect(readdirSync(folder)).toEqual([]);
  expect(await at.callStates()).toEqual(['committed', 'committed', 'committed']);
});

it('a call without an answer that is on its way when the process ends is unknown until it was settled', async () => {
  const { callId } = await at.grant('a');
  const folder = join(mkdtempSync(join(findScratchFolder(), 'spool-')), 'spool');
  const cut = new AbortController();
  const ledger = keepUnsettled(at.ledger, { spool: openSpool(folder, silentLog), cut: cut.signal });
  const without = { state: 'unknown', outcome: 'transport_error', httpStatus: null, body: null } as const;
  const settling = ledger.settle(settlementFor(callId, without));
  cut.abort();
  expect(ledger.countUnsettled()).toEqual({ kept: 0, unknown: 1, code: null });
  await settling;
  expect(ledger.countUnsettled()).toEqual({ kept: 0, unknown: 0, code: null });
});

it('a call without an answer is not kept, and counts as unknown; one that never left is neither', async () => {
  const [a, b] = [await at.grant('a'), await at.grant('b')];
  const { folder, ledger, cut, close } = await openStalled();
  const without = { outcome: 'transport_error', httpStatus: null, body: null } as const;
  const settling = [
    ledger.settle(settlementFor(a.callId, { ...without, state: 'unknown' })),
    ledger.settle(settlementFor(b.callId, { ...without, state: 'refunded', outcome: 'not_sent' })),
  ];
  cut.abort();
  await Promise.allSettled(settling);
  expect(ledger.countUnsettled()).toEqual({ kept: 0, unknown: 1, code: 'DATABASE_UNREACHABLE' });
  await close();
  expect(() => readdirSync(folder)).toThrow('ENOENT');
});

it('an answer that the database refuses is stored by the next process, if it takes it then', async () => {
  const folder = join(mkdtempSync(join(findScratchFolder(), 'spool-')), 'spool');
  const ledger = keepUnsettled(at.ledger, {
    spool: openSpool(folder, silentLog),
    cut: new AbortController().signal,
  });
  const { callId, observedAt } = await at.grant('a');
  await at.db.pool.query('ALTER TABLE raw.payload ADD CONSTRAINT none CHECK (false) NOT VALID');
  const settling = ledger.settle(settlementFor(callId, { observedAt, body }));
  await expect(settling).rejects.toMatchObject({ code: 'DATABASE_REJECTED' });
  expect(ledger.countUnsettled()).toEqual({ kept: 1, unknown: 0, code: 'DATABASE_REJECTED' });
  await at.db.pool.query('ALTER TABLE raw.payload DROP CONSTRAINT none');
  await emptyInto(at, folder);
  expect(await findCalls()).toMatchObject([{ state: 'committed', body_bytes: body.length }]);
  expect(readdirSync(folder)).toEqual([]);
});

it('an answer that the database refused is stored by a process that goes on, once it is taken, and not paid for again', async () => {
  const folder = join(mkdtempSync(join(findScratchFolder(), 'spool-')), 'spool');
  const ledger = keepUnsettled(at.ledger, {
    spool: openSpool(folder, silentLog),
    cut: new AbortController().signal,
  });
  const { callId, observedAt } = await at.grant('a');
  await at.ledger.markSent(callId);
  await at.db.pool.query('ALTER TABLE raw.payload ADD CONSTRAINT none CHECK (false) NOT VALID');
  await expect(ledger.settle(settlementFor(callId, { observedAt, body }))).rejects.toMatchObject({
    code: 'DATABASE_REJECTED',
  });
  await ledger.sweep();
  expect(readdirSync(folder)).toHaveLength(1);
  await at.db.pool.query('ALTER TABLE raw.payload DROP CONSTRAINT none');
  await at.setTime('2026-11-25T12:01:00+08:00');
  await ledger.sweep();
  expect(await ledger.reserve(requestFor('a', { freshForMs: 3_600_000 }))).toMatchObject({ kind: 'cached' });
  expect(await findCalls()).toMatchObject([{ state: 'committed', body_bytes: body.length }]);
  expect(ledger.countUnsettled()).toMatchObject({ kept: 0, unknown: 0 });
  expect(readdirSync(folder)).toEqual([]);
});

it('an answer to the call of another database is stored in none', async () => {
  const { callId, observedAt } = await at.grant('a');
  const { folder, ledger, cut, close } = await openStalled();
  const settling = ledger.settle(settlementFor(callId, { observedAt, body }));
  cut.abort();
  await expect(settling).rejects.toThrow();
  await close();
  await emptyInto(other, folder);
  expect(readdirSync(folder)).toEqual(['set-aside']);
  expect((await other.db.pool.query('SELECT FROM raw.payload')).rowCount).toBe(0);
});

it('an answer that was stored although the process gave it up is stored once', async () => {
  const { callId, observedAt } = await at.grant('a');
  const { folder, ledger, cut, close } = await openStalled();
  const answer = settlementFor(callId, { observedAt, body });
  const settling = ledger.settle(answer);
  cut.abort();
  await expect(settling).rejects.toThrow();
  await close();
  await at.ledger.settle(answer);
  await emptyInto(at, folder);
  expect(await findCalls()).toMatchObject([{ state: 'committed' }]);
  expect((await at.db.pool.query('SELECT FROM raw.payload')).rowCount).toBe(1);
});
