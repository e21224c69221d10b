import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { ensurePartitions } from '../../../src/db/partitions.ts';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import { createUploadStore } from '../../../src/load/upload-store.ts';
import type { LoadableUpload } from '../../../src/model/catalog.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { learnNothing, minute, provenance } from '../../support/answers.ts';

let db: TestDatabase;
let store: CatalogStore;

/** A call of an app, as the ledger books it. */
async function recordCall(callId: string, appKey: string): Promise<void> {
  await db.pool.query(
    `INSERT INTO usage.api_call
       (call_id, granted_at, app_key, api, operation, request, request_hash, lane, is_exempt, quota_period_ids,
        state, send_at, send_by)
     OVERRIDING SYSTEM VALUE
     VALUES ($1, $2, $3, 'a:b:1', 'image.upload', '{}', '\\x00', 'discovery', false, '{}', 'committed', $2, $2)`,
    [callId, minute(0), appKey],
  );
}

function upload(minutes: number, callId: string, sha256: string, imageId: string | null): LoadableUpload {
  const record = { sha256, imageId };
  return { kind: 'upload', provenance: provenance(minutes, callId), record, rejects: [], drifts: [] };
}

beforeAll(async () => {
  db = await createTestDatabase();
  const log = createLogger({ level: 'silent', pretty: false });
  store = createCatalogStore({ pool: db.pool, learn: learnNothing, log, read: () => null });
  await ensurePartitions(db.pool, minute(0));
  await recordCall('501', 'app1');
  await recordCall('502', 'app1');
  await recordCall('503', 'app2');
});
afterAll(() => db.drop());

describe('uploads', () => {
  const find = (appKey: string, digit: string) =>
    createUploadStore({ pool: db.pool, appKey }).find(digit.repeat(64));

  it('are known by their content, to the app that made them only', async () => {
    expect(await find('app1', 'a')).toBeNull();
    await store.load([upload(1, '501', 'a'.repeat(64), '77'), upload(1, '503', 'b'.repeat(64), null)]);
    expect(await find('app1', 'a')).toEqual({ sha256: 'a'.repeat(64), imageId: '77' });
    expect(await find('app2', 'a')).toBeNull();
    expect(await find('app2', 'b')).toEqual({ sha256: 'b'.repeat(64), imageId: null });
  });

  it.each([
    [1, 2],
    [2, 1],
  ])('the newest answer holds, loaded at %i before %i', async (...order) => {
    const digest = String(order[0]).repeat(64);
    for (const minutes of order) {
      await store.load([upload(minutes, minutes === 1 ? '501' : '502', digest, `id-${minutes}`)]);
    }
    expect((await find('app1', String(order[0])))?.imageId).toBe('id-2');
  });

  it('the newest holds of those that are loaded at once, at one time that of the higher call', async () => {
    const digest = 'c'.repeat(64);
    const unread = { ...upload(5, '501', digest, 'unread'), record: null };
    await store.load([
      upload(3, '501', digest, 'old'),
      upload(4, '502', digest, 'new'),
      upload(4, '501', digest, 'tie'),
      unread,
    ]);
    expect((await find('app1', 'c'))?.imageId).toBe('new');
    await store.load([upload(4, '501', digest, 'older call')]);
    expect((await find('app1', 'c'))?.imageId).toBe('new');
    await store.load([unread]);
  });
});
