import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ReserveAnswer, ReserveRequest } from '../../../src/model/ledger.ts';
import {
  api,
  appKey,
  openLedger,
  otherApi,
  requestFor,
  settlementFor,
  type OpenLedger,
} from '../../support/open-ledger.ts';
import { until } from '../../support/until.ts';

let at: OpenLedger;
let asked = 0;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.setTime('2026-11-25T12:00:00+08:00');
  await at.quota.applyPresets({ appKey, account: 'business', apis: [api, otherApi], callsPerSecond: 1_000 });
});

const tokens = { dead: 'de'.repeat(32), fresh: 'f0'.repeat(32) };
const refused = { shows: 'token_refused', outcome: 'gateway_error', gatewayCode: '401', body: null } as const;

const ask = (tokenHash: string, more: Partial<ReserveRequest> = {}): Promise<ReserveAnswer> =>
  at.ledger.reserve(requestFor(`call-${asked++}`, { lane: 'refresh', tokenHash, ...more }));

async function send(tokenHash: string, more: Partial<ReserveRequest> = {}): Promise<string> {
  const answer = await ask(tokenHash, more);
  if (answer.kind !== 'granted') throw new Error(`not granted: ${JSON.stringify(answer)}`);
  expect(await at.ledger.markSent(answer.callId)).toBe(true);
  return answer.callId;
}

const refuse = async (tokenHash: string) => {
  await at.ledger.settle(settlementFor(await send(tokenHash), refused));
};

it('one call finds out whether a token is taken, and the others of all APIs wait for it', async () => {
  const first = await send(tokens.fresh);
  expect(await ask(tokens.fresh, { api: otherApi })).toMatchObject({ kind: 'denied', by: 'hold' });
  await at.ledger.settle(settlementFor(first, { shows: 'allowed' }));
  expect(await ask(tokens.fresh)).toMatchObject({ kind: 'granted' });
  expect(await ask(tokens.fresh, { api: otherApi })).toMatchObject({ kind: 'granted' });
});

it('a refused token is not tried again within the hour, a new one at once', async () => {
  await refuse(tokens.dead);
  expect(await ask(tokens.dead, { api: otherApi })).toEqual({ kind: 'token_refused' });
  expect(await ask(tokens.fresh)).toMatchObject({ kind: 'granted' });
  await at.setTime('2026-11-25T12:59:00+08:00');
  expect(await ask(tokens.dead)).toEqual({ kind: 'token_refused' });
  await at.setTime('2026-11-25T13:00:30+08:00');
  await refuse(tokens.dead);
  expect(await ask(tokens.dead)).toEqual({ kind: 'token_refused' });
});

it('a call by hand tries a refused token, one at a time, and an answer makes it good for all', async () => {
  await refuse(tokens.dead);
  await at.setTime('2026-11-25T12:01:00+08:00');
  const byHand = await send(tokens.dead, { lane: 'manual' });
  expect(await ask(tokens.dead, { lane: 'manual' })).toMatchObject({ kind: 'denied', by: 'hold' });
  await at.ledger.settle(settlementFor(byHand, { shows: 'allowed' }));
  expect(await ask(tokens.dead)).toMatchObject({ kind: 'granted' });
});

it('a refusal calls off the calls that were granted with the token and have not left', async () => {
  await at.ledger.settle(settlementFor(await send(tokens.dead), { shows: 'allowed' }));
  const leaves = await send(tokens.dead);
  const waits = await at.grant('waits', { tokenHash: tokens.dead });
  const other = await at.grant('other');
  await at.setTime('2026-11-25T12:00:10+08:00');
  await at.ledger.settle(settlementFor(leaves, refused));
  expect(await at.ledger.markSent(waits.callId)).toBe(false);
  expect(await at.callStates()).toEqual(['committed', 'committed', 'refunded', 'reserved']);
  await at.setTime('2026-11-25T12:00:00+08:00');
  expect(await at.ledger.markSent(other.callId)).toBe(true);
});

it('an answer to a call from before the refusal does not make the token good', async () => {
  await at.ledger.settle(settlementFor(await send(tokens.dead), { shows: 'allowed' }));
  const [early, late] = [await send(tokens.dead), await send(tokens.dead)];
  await at.setTime('2026-11-25T12:00:10+08:00');
  await at.ledger.settle(settlementFor(late, refused));
  await at.ledger.settle(settlementFor(early, { shows: 'allowed' }));
  expect(await ask(tokens.dead)).toEqual({ kind: 'token_refused' });
});

describe('what two answers show of a token at the same time', () => {
  const observe = `SELECT usage.observe_token('${appKey}', '\\x${tokens.dead}', $1, $2, $3)`;
  const countWaiting = async () =>
    (
      await at.db.pool.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )
    ).rowCount;

  /** The token was refused at noon. One answer is kept at 12:02, and one to a call of `grantedAt` waits for it. */
  async function meet(isRefused: boolean, grantedAt: string): Promise<unknown> {
    await at.db.pool.query(observe, [1, '2026-11-25T12:00:00+08:00', true]);
    await at.setTime('2026-11-25T12:02:00+08:00');
    const first = await at.db.pool.connect();
    try {
      await first.query('BEGIN');
      await first.query(observe, [2, '2026-11-25T12:01:30+08:00', isRefused]);
      await at.setTime('2026-11-25T12:05:00+08:00');
      const second = at.db.pool.query(observe, [3, grantedAt, false]);
      await until(async () => (await countWaiting()) === 1);
      await first.query('COMMIT');
      await second;
    } finally {
      first.release(true);
    }
    const kept = await at.db.pool.query(
      'SELECT is_refused, observed_call_id::int AS call FROM usage.access_token',
    );
    return kept.rows;
  }

  it('is its refusal, where the other call was granted before that', async () => {
    expect(await meet(true, '2026-11-25T12:01:00+08:00')).toEqual([{ is_refused: true, call: 2 }]);
  });

  it('is the later answer, where its call was granted after the refusal', async () => {
    expect(await meet(true, '2026-11-25T12:03:00+08:00')).toEqual([{ is_refused: false, call: 3 }]);
  });

  it('is kept once, where both took it', async () => {
    expect(await meet(false, '2026-11-25T12:03:00+08:00')).toEqual([{ is_refused: false, call: 2 }]);
  });
});
