import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { packBody, toStoredAnswer } from '../../../src/raw/stored-answer.ts';
import { api, appKey, openLedger, settlementFor, type OpenLedger } from '../../support/open-ledger.ts';

let at: OpenLedger;

beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 100 });
});

async function store(name: string, body: Buffer): Promise<string | null> {
  const call = await at.grant(name);
  return (await at.ledger.settle(settlementFor(call.callId, { body }))).rawId;
}

const oddBytes = Buffer.concat([
  Buffer.from([0, 255, 254, 0xc3, 0x28, 0]),
  Buffer.from('价格 \ud83d'),
  Buffer.alloc(3),
]);

describe('a stored answer', () => {
  it('comes back byte by byte, whatever the bytes are', async () => {
    const bodies = [oddBytes, Buffer.alloc(0), randomBytes(300_000), Buffer.from('{"id":9007199254740993}')];
    for (const [n, body] of bodies.entries()) await store(`b${n}`, body);
    const stored = await at.raw.listUnloaded(10);
    expect(
      stored.map((answer) => answer.body.equals(bodies[stored.indexOf(answer)] ?? Buffer.from('?'))),
    ).toEqual([true, true, true, true]);
  });

  it('keeps any bytes through packing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
        const packed = await packBody(Buffer.from(bytes));
        const answer = await toStoredAnswer({
          rawId: '1',
          callId: '2',
          runId: null,
          windowId: null,
          request: { operation: 'system.time' },
          observedAt: new Date(0),
          httpStatus: 200,
          body: packed.gzipped,
          bodySha256: packed.sha256,
        });
        expect(answer.body).toEqual(Buffer.from(bytes));
        expect(packed.bytes).toBe(bytes.length);
      }),
    );
  });

  it('is refused when its bytes are not those that were stored', async () => {
    const rawId = await store('a', Buffer.from('{"price":"1.70"}'));
    const { gzipped } = await packBody(Buffer.from('{"price":"0.70"}'));
    await at.db.pool.query('UPDATE raw.payload SET body = $1', [gzipped]);
    await expect(at.raw.listUnloaded(1)).rejects.toMatchObject({ code: 'RAW_DAMAGED', facts: { rawId } });
    await at.db.pool.query(`UPDATE raw.payload SET body = '\\x1f8b'`);
    await expect(at.raw.listUnloaded(1)).rejects.toMatchObject({ code: 'RAW_DAMAGED' });
  });

  it('is as old as the grant of its call, and belongs to the month it was stored in', async () => {
    await at.setTime('2033-05-31T23:59:00Z');
    const call = await at.grant('a');
    await at.setTime('2033-06-01T00:00:10Z');
    await at.ledger.settle(settlementFor(call.callId));
    const [answer] = await at.raw.listUnloaded(1);
    expect(answer?.observedAt).toEqual(call.observedAt);
    const { rows } = await at.db.pool.query('SELECT tableoid::regclass::text AS part FROM raw.payload');
    expect(rows).toEqual([{ part: 'raw.payload_2033_06' }]);
  });
});

describe('what is not loaded', () => {
  it('is listed oldest first, without what is loaded', async () => {
    const ids = [];
    for (const name of ['a', 'b', 'c', 'd']) ids.push(await store(name, Buffer.from(name)));
    await at.db.pool.query('UPDATE raw.payload SET loaded_at = now() WHERE raw_id = $1', [ids[1]]);
    expect((await at.raw.listUnloaded(10)).map((answer) => answer.rawId)).toEqual([ids[0], ids[2], ids[3]]);
    expect((await at.raw.listUnloaded(2)).map((answer) => answer.body.toString())).toEqual(['a', 'c']);
  });

  it('holds no answer of a call that was not committed', async () => {
    const call = await at.grant('a');
    const lost = { state: 'unknown', outcome: 'transport_error', body: Buffer.from('half') } as const;
    expect(await at.ledger.settle(settlementFor(call.callId, lost))).toEqual({ rawId: null });
    expect(await at.raw.listUnloaded(1)).toEqual([]);
  });
});
