import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PoolClient } from 'pg';
import { runInTransaction } from '../../../src/db/run-in-transaction.ts';
import type { LoadableAnswer } from '../../../src/model/catalog.ts';
import { deleteAnswers, markLoaded, noteVersion, replaceBody } from '../../../src/raw/change-answers.ts';
import { readAnswers, unpackAnswers, type ReadStored } from '../../../src/raw/read-answers.ts';
import { packBody, type StoredAnswerRow } from '../../../src/raw/stored-answer.ts';
import { api, appKey, openLedger, settlementFor, type OpenLedger } from '../../support/open-ledger.ts';

let at: OpenLedger;
/** Of the answers a, b and c. */
let ids: string[];

beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 100 });
  ids = [];
  for (const name of ['a', 'b', 'c']) {
    const call = await at.grant(name);
    const { rawId } = await at.ledger.settle(settlementFor(call.callId, { body: Buffer.from(name) }));
    ids.push(String(rawId));
  }
});

const inTransaction = <T>(work: (client: PoolClient) => Promise<T>) => runInTransaction(at.db.pool, work);

/** A column of the answers, in the order of a, b and c. */
async function column(sql: string): Promise<unknown[]> {
  const { rows } = await at.db.pool.query<{ value: unknown }>(
    `SELECT ${sql} AS value FROM raw.payload ORDER BY raw_id`,
  );
  return rows.map(({ value }) => value);
}

describe('stored answers', () => {
  it('are marked as loaded once, those that were asked for only', async () => {
    const [a = '', b = ''] = ids;
    expect(await inTransaction((client) => markLoaded(client, [a], 3))).toEqual(new Set([a]));
    expect(await inTransaction((client) => markLoaded(client, [a, b], 4))).toEqual(new Set([b]));
    expect(await column('loaded_at IS NOT NULL')).toEqual([true, true, false]);
    expect(await column('normalizer_version')).toEqual([3, 4, null]);
  });

  it('keep the version of the code that read them last', async () => {
    await inTransaction((client) => noteVersion(client, ids.slice(0, 2), 7));
    expect(await column('normalizer_version')).toEqual([7, 7, null]);
    await inTransaction((client) => noteVersion(client, ids.slice(0, 1), null));
    expect(await column('normalizer_version')).toEqual([null, 7, null]);
  });

  it('are deleted by their ids', async () => {
    await inTransaction((client) => deleteAnswers(client, ids.slice(0, 2)));
    expect(await column('raw_id::text')).toEqual([ids[2]]);
  });

  it('get another body when theirs is erased, which is read like any other', async () => {
    await inTransaction((client) => replaceBody(client, ids[1] ?? '', '{"erased":true}'));
    expect((await at.raw.listUnloaded(3)).map(({ body }) => body.toString())).toEqual([
      'a',
      '{"erased":true}',
      'c',
    ]);
    expect(await column('body_bytes')).toEqual([1, 15, 1]);
    expect(await column('erased_at IS NOT NULL')).toEqual([false, true, false]);
  });
});

describe('reading stored answers', () => {
  /** All but b are good. */
  const read: ReadStored = ({ body }) =>
    body.toString() === 'b' ? null : ({ text: body.toString() } as unknown as LoadableAnswer);

  it('gives the good ones of those that were asked for', async () => {
    const answers = await readAnswers(at.db.pool, [...ids.slice(0, 2), '999999'], read);
    expect([...answers]).toEqual([[ids[0], { text: 'a' }]]);
  });

  it('asks the database for nothing when none are wanted', async () => {
    const closed = new pg.Pool({ connectionString: at.db.url });
    await closed.end();
    expect(await readAnswers(closed, [], read)).toEqual(new Map());
    await expect(readAnswers(closed, ids, read)).rejects.toThrow();
  });

  it('counts the damaged ones and leaves them out, and hides no other failure', async () => {
    const { gzipped: body, sha256: bodySha256 } = await packBody(Buffer.from('a'));
    const row = { rawId: '1', body, bodySha256 } as StoredAnswerRow;
    const damaged = { ...row, rawId: '2', body: Buffer.from('not gzipped') };
    const { answers, damaged: count } = await unpackAnswers([damaged, row, damaged]);
    expect(answers.map(({ rawId }) => rawId)).toEqual(['1']);
    expect(count).toBe(2);
    const unknown = { ...row, bodySha256: null as unknown as Buffer };
    await expect(unpackAnswers([row, unknown])).rejects.toThrow(TypeError);
  });
});
