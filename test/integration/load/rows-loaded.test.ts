import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCatalogStore } from '../../../src/load/catalog-store.ts';
import type { LoadableAnswer, LoadableUpload } from '../../../src/model/catalog.ts';
import {
  addWindow,
  categories,
  empty,
  found,
  learnNothing,
  node,
  provenance,
  searchPage,
  searchRow,
  storeRaw,
  unusable,
} from '../../support/answers.ts';
import { openLedger, silentLog, type OpenLedger } from '../../support/open-ledger.ts';
import { insertCalls, pastCall } from '../views/usage-calls.ts';

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());

function upload(minutes: number, imageId: string | null): LoadableUpload {
  const record = { sha256: String(minutes).repeat(64), imageId };
  return { kind: 'upload', provenance: provenance(minutes), record, rejects: [], drifts: [] };
}

test('a load books at each call the rows that its answer had', async () => {
  const { pool } = at.db;
  const store = createCatalogStore({ pool, learn: learnNothing, log: silentLog, read: () => null });
  const windowId = await addWindow(pool, 'rows');
  const rows = [searchRow('701'), searchRow('702'), searchRow('703')];
  const answers: readonly (readonly [answer: LoadableAnswer, rows: number])[] = [
    [categories('0', provenance(1), null, [node('1', { parentId: '0' }), node('2', { parentId: '0' })]), 2],
    [categories('1', provenance(2), node('1', { parentId: '0' }), [node('11', { parentId: '1' })]), 2],
    [searchPage(windowId, provenance(3), rows, { pageSize: 3 }), 3],
    [found('701', provenance(4)), 1],
    [empty('702', provenance(5)), 0],
    [unusable('703', provenance(6)), 0],
    [upload(7, '77'), 1],
    [upload(8, null), 0],
  ];
  const given = answers.map(([answer]) => answer);
  await storeRaw(pool, given);
  await insertCalls(
    pool,
    given.map(({ provenance: { observedAt, callId } }) => pastCall(observedAt, { callId })),
  );
  await store.load(given);
  const { rows: booked } = await pool.query<{ rows_loaded: number | null }>(
    'SELECT rows_loaded FROM usage.api_call ORDER BY granted_at',
  );
  expect(booked.map((call) => call.rows_loaded)).toEqual(answers.map(([, count]) => count));
});
