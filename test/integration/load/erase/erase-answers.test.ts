import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applySql } from '../../../../src/db/sql-file.ts';
import { inTransaction } from '../../../../src/db/in-transaction.ts';
import {
  decideFate,
  eraseFromAnswers,
  type ScannedAnswer,
} from '../../../../src/load/erase/erase-answers.ts';
import type { SellerMarks } from '../../../../src/load/erase/erase-from-body.ts';
import { readSql } from '../../../../src/load/read-sql.ts';
import { packBody, unpackBody } from '../../../../src/raw/stored-answer.ts';
import { minute } from '../../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { ensurePartitions } from '../../../../src/db/partitions.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await ensurePartitions(db.pool, minute(0));
});
afterAll(() => db.drop());

const marks: SellerMarks = {
  sellerIds: ['seller-1'],
  names: ['Good Cups Ltd'],
  offerIds: new Set(['501']),
};

async function scanned(
  operation: ScannedAnswer['operation'],
  request: object,
  body: string,
): Promise<ScannedAnswer> {
  const packed = await packBody(Buffer.from(body));
  return {
    rawId: '1',
    callId: '1',
    operation,
    request: request as ScannedAnswer['request'],
    body: packed.gzipped,
    bodySha256: packed.sha256,
  };
}

const deleted = { kind: 'deleted' };

describe('what becomes of an answer', () => {
  it.each([
    ['of the detail of an offer of theirs', 'offer.detail', { offerId: '501' }, '{}', deleted],
    ['of the detail of another offer', 'offer.detail', { offerId: '502' }, '{}', null],
    ['of the detail that names them', 'offer.detail', { offerId: '502' }, '{"s":"seller-1"}', deleted],
    ['of the detail that has a number of theirs', 'offer.detail', { offerId: '502' }, '{"n":501}', null],
    ['of a search near an offer of theirs', 'search.image', { offerId: '501' }, '{}', null],
    ['of a search of their shop', 'search.seller', { sellerId: 'seller-1' }, '{}', deleted],
    ['of a search for their name', 'search.keyword', { keyword: 'Good Cups Ltd' }, '{}', null],
    [
      'of a search that lists them and others',
      'search.keyword',
      { keyword: 'cup' },
      '{"data":[{"offerId":501,"a":1},{"offerId":502,"a":2}]}',
      { kind: 'erased', text: '{"data":[{"offerId":501},{"offerId":502,"a":2}]}' },
    ],
    ['of a search that names them elsewhere', 'search.keyword', {}, '{"who":"seller-1"}', deleted],
    ['of a search that lists others', 'search.keyword', {}, '{"data":[{"offerId":502}]}', null],
  ] as const)('%s', async (...[, operation, request, body, fate]) => {
    expect(await decideFate(await scanned(operation, request, body), marks)).toEqual(fate);
  });

  it('of one that lost its bytes', async () => {
    const other = await packBody(Buffer.from('other'));
    const row = await scanned('search.keyword', {}, '{}');
    expect(await decideFate({ ...row, bodySha256: other.sha256 }, marks)).toEqual(deleted);
  });
});

const bodies: Readonly<Record<string, string>> = {
  11: '{"data":[{"offerId":501,"a":1},{"offerId":502,"a":2}]}',
  12: '{"who":"seller-1"}',
  13: '{"data":[{"offerId":502}]}',
  14: '{"data":[{"offerId":501,"a":1}]}',
};

async function keep(): Promise<void> {
  for (const [rawId, body] of Object.entries(bodies)) {
    const { gzipped, bytes, sha256 } = await packBody(Buffer.from(body));
    await db.pool.query(
      `INSERT INTO raw.payload (raw_id, stored_at, call_id, operation, request, request_hash, observed_at, http_status, body,
                                body_bytes, body_sha256)
       VALUES ($1, $2, $1, 'search.keyword', '{}', '\\x00', $2, 200, $3, $4, $5)`,
      [rawId, minute(0), gzipped, bytes, sha256],
    );
    await db.pool.query(
      `INSERT INTO sync.quarantine (raw_id, call_id, operation, path, reason, sample, observed_at)
       VALUES ($1, $1, 'search.keyword', 'a', 'b', 'text of ' || $1::bigint, $2)`,
      [rawId, minute(0)],
    );
    await db.pool.query(
      `INSERT INTO sync.drift (operation, path, kind, seen, first_seen_at, last_seen_at, sample, last_call_id)
       VALUES ('search.keyword', 'of ' || $1::bigint, 'unknown', 1, $2, $2, 'drift of ' || $1::bigint, $1)`,
      [rawId, minute(0)],
    );
  }
}

const samplesOf = async (table: string, rawId: string) =>
  (
    await db.pool.query<{ id: string; sample: string | null; xmin: string }>(
      `SELECT ${rawId} AS id, sample, xmin::text FROM ${table} ORDER BY ${rawId}`,
    )
  ).rows;

const shown = (rows: Awaited<ReturnType<typeof samplesOf>>) => rows.map(({ id, sample }) => [id, sample]);

it('answers lose the rows of a seller, or go, with their examples; those that are not named or not given stay', async () => {
  await keep();
  await inTransaction(db.pool, (client) => eraseFromAnswers(client, ['11', '12', '13'], marks));
  const { rows } = await db.pool.query<{
    raw_id: string;
    body: Buffer;
    body_sha256: Buffer;
    is_erased: boolean;
  }>('SELECT raw_id, body, body_sha256, erased_at IS NOT NULL AS is_erased FROM raw.payload ORDER BY raw_id');
  const kept = [];
  for (const { raw_id: rawId, body, body_sha256: bodySha256, is_erased: isErased } of rows)
    kept.push([rawId, (await unpackBody({ rawId, body, bodySha256 })).toString(), isErased]);
  expect(kept).toEqual([
    ['11', '{"data":[{"offerId":501},{"offerId":502,"a":2}]}', true],
    ['13', bodies[13], false],
    ['14', bodies[14], false],
  ]);
  expect(shown(await samplesOf('sync.quarantine', 'raw_id'))).toEqual([
    ['11', null],
    ['12', null],
    ['13', 'text of 13'],
    ['14', 'text of 14'],
  ]);
  expect(shown(await samplesOf('sync.drift', 'last_call_id'))).toEqual([
    ['11', null],
    ['12', null],
    ['13', 'drift of 13'],
    ['14', 'drift of 14'],
  ]);
  await inTransaction(db.pool, (client) => eraseFromAnswers(client, [], marks));
  await inTransaction(db.pool, (client) => eraseFromAnswers(client, ['13'], marks));
  expect((await samplesOf('sync.quarantine', 'raw_id'))[2]?.sample).toBe('text of 13');

  const before = [
    await samplesOf('sync.quarantine', 'raw_id'),
    await samplesOf('sync.drift', 'last_call_id'),
  ];
  await applySql(db.pool, readSql('forget-samples'), [['11'], ['of 13', 'drift of 1']]);
  const after = [await samplesOf('sync.quarantine', 'raw_id'), await samplesOf('sync.drift', 'last_call_id')];
  expect(after.map(shown)).toEqual([
    [
      ['11', null],
      ['12', null],
      ['13', null],
      ['14', 'text of 14'],
    ],
    [
      ['11', null],
      ['12', null],
      ['13', null],
      ['14', null],
    ],
  ]);
  // What has no example any more is not written again.
  expect(after.map((rows) => rows.slice(0, 2))).toEqual(before.map((rows) => rows.slice(0, 2)));
});
