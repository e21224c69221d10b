import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPermissionStore, type PermissionStore } from '../../../src/ledger/permission-store.ts';
import { listBlockedApis } from '../../../src/ledger/block-store.ts';
import type { Lane, Settlement } from '../../../src/model/ledger.ts';
import type { PermissionSign } from '../../../src/model/permission.ts';
import {
  api,
  appKey,
  openLedger,
  otherApi,
  requestFor,
  settlementFor,
  type OpenLedger,
} from '../../support/open-ledger.ts';

let at: OpenLedger;
let permissions: PermissionStore;

beforeAll(async () => {
  at = await openLedger();
  permissions = createPermissionStore({ pool: at.db.pool, appKey });
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.db.pool.query('DELETE FROM sync.api_permission');
  await at.setTime('2026-11-25T12:00:00+08:00');
  await at.quota.applyPresets({ appKey, account: 'personal', apis: [api, otherApi], callsPerSecond: 1_000 });
});

const codes: Partial<Record<PermissionSign, string>> = {
  denied: 'gw.APIACLDecline',
  unsupported: 'gw.APIUnsupported',
  exhausted: 'gw.NoUsageLeftError',
};

const settlementThat = (callId: string, shows: PermissionSign | null): Settlement =>
  settlementFor(callId, { shows, body: null, gatewayCode: (shows && codes[shows]) ?? null });

let asked = 0;
/** As a run's job; `manual`: as a person. */
const reserve = (lane: Lane = 'refresh') => at.ledger.reserve(requestFor(`call-${asked++}`, { lane }));

async function send(): Promise<string> {
  const { callId } = await at.grant(`call-${asked++}`);
  expect(await at.ledger.markSent(callId)).toBe(true);
  return callId;
}

/** One whole call, whose answer shows something. */
async function call(shows: PermissionSign | null, overrides: Partial<Settlement> = {}): Promise<string> {
  const callId = await send();
  await at.ledger.settle({ ...settlementThat(callId, shows), ...overrides });
  return callId;
}

const observed = async () => (await permissions.listApis()).map((row) => [row.api, row.observed]);

/** Eight workers that ask until all are told to come back much later, or `enough` calls were made. */
async function workEight(shows: PermissionSign, enough: number): Promise<number> {
  let calls = 0;
  const work = async () => {
    while (calls < enough) {
      const answer = await reserve();
      if (answer.kind === 'granted') {
        calls++;
        await at.ledger.markSent(answer.callId);
        await at.ledger.settle(settlementThat(answer.callId, shows));
      } else if (answer.kind !== 'denied' || (answer.retryAfterMs ?? Infinity) > 1_000) return;
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return calls;
}

describe('an API of which nothing is known', () => {
  it('is called by one at a time, until an answer comes', async () => {
    const first = await send();
    expect(await reserve()).toEqual({ kind: 'denied', by: 'hold', retryAfterMs: 100 });
    expect(await at.ledger.reserve(requestFor('other', { api: otherApi }))).toMatchObject({
      kind: 'granted',
    });
    await at.ledger.settle(settlementThat(first, 'allowed'));
    expect([(await reserve()).kind, (await reserve()).kind]).toEqual(['granted', 'granted']);
  });

  it('is called again when the first call showed nothing', async () => {
    await call(null);
    await call(null, { state: 'unknown', outcome: 'transport_error', httpStatus: null });
    expect(await reserve()).toMatchObject({ kind: 'granted' });
  });

  it('gives eight connections one refusal, whatever kind of refusal', async () => {
    for (const [day, shows] of (['denied', 'unsupported', 'exhausted'] as const).entries()) {
      await at.setTime(`2026-11-${25 + day}T12:00:00+08:00`);
      expect(await workEight(shows, 50)).toBe(1);
      expect(await observed()).toEqual([[api, shows]]);
    }
  });
});

describe('an API that refuses', () => {
  it('while a person holds it without an end stays held by the person', async () => {
    const callId = await send();
    await at.quota.holdApi({ api, code: 'OPERATOR', forMs: null });
    await at.ledger.settle(settlementThat(callId, 'denied'));
    expect(await at.quota.listHolds()).toMatchObject([
      { api, code: 'OPERATOR', heldUntil: null, probeAfter: null },
    ]);
  });

  it('is held for an hour, and tells when it may be tried', async () => {
    await call('denied');
    const answer = await reserve();
    expect(answer).toMatchObject({ kind: 'denied', by: 'hold' });
    const waitMs = answer.kind === 'denied' ? (answer.retryAfterMs ?? 0) : 0;
    expect(waitMs / 3_600_000).toBeCloseTo(1, 1);
    const [hold] = await at.quota.listHolds();
    expect(hold).toMatchObject({ api, code: 'gw.APIACLDecline', heldUntil: null });
    expect(hold?.probeAfter?.toISOString()).toMatch(/^2026-11-25T05:00:0/);
  });

  it('is tried by a few calls a day, ever less often', async () => {
    const start = Date.parse('2026-11-25T12:00:00+08:00');
    const triedAt: number[] = [];
    await call('denied');
    while (triedAt.length < 9) {
      const [hold] = await at.quota.listHolds();
      const due = hold?.probeAfter?.getTime() ?? 0;
      await at.setTime(new Date(due - 60_000).toISOString());
      expect(await reserve()).toMatchObject({ kind: 'denied', by: 'hold' });
      await at.setTime(new Date(due).toISOString());
      expect(await workEight('denied', 10)).toBe(1);
      triedAt.push(Math.round((due - start) / 3_600_000));
    }
    expect(triedAt).toEqual([1, 2, 4, 8, 16, 24, 32, 40, 48]);
  });

  it('is tried at once by a person, alone', async () => {
    await call('denied');
    expect(await reserve()).toMatchObject({ kind: 'denied', by: 'hold' });
    const answer = await reserve('manual');
    expect(answer).toMatchObject({ kind: 'granted' });
    expect(await reserve('manual')).toEqual({ kind: 'denied', by: 'hold', retryAfterMs: 100 });
    if (answer.kind !== 'granted') return;
    await at.ledger.markSent(answer.callId);
    await at.ledger.settle(settlementThat(answer.callId, 'allowed'));
    expect(await at.quota.listHolds()).toEqual([]);
    expect(await reserve()).toMatchObject({ kind: 'granted' });
  });

  it('does not stop the others', async () => {
    await call('denied');
    expect(await at.ledger.reserve(requestFor('other', { api: otherApi }))).toMatchObject({
      kind: 'granted',
    });
  });

  it('is open to all again once a probe is answered', async () => {
    await call('denied');
    await at.setTime('2026-11-26T00:00:01+08:00');
    expect(await workEight('allowed', 30)).toBeGreaterThanOrEqual(30);
    expect(await at.quota.listHolds()).toEqual([]);
    expect(await observed()).toEqual([[api, 'allowed']]);
  });

  it('has its hold since the first refusal, however often it is tried', async () => {
    await call('denied');
    await at.setTime('2026-11-26T08:00:00+08:00');
    await call('exhausted');
    const [hold] = await at.quota.listHolds();
    expect(hold?.code).toBe('gw.NoUsageLeftError');
    expect(hold?.probeAfter?.toISOString()).toMatch(/^2026-11-26T08:00:0/);
    expect(hold?.heldAt.toISOString()).toMatch(/^2026-11-25T04:00:0/);
  });

  it('is tried again at once when the call did not leave, or its answer decided nothing', async () => {
    await call('denied');
    await at.setTime('2026-11-26T08:00:00+08:00');
    await call(null, { state: 'refunded', outcome: 'transport_error' });
    // A probe is given back as of now, and whole milliseconds are compared.
    await at.setTime('2026-11-26T08:01:00+08:00');
    await call(null, { outcome: 'gateway_error', httpStatus: 503 });
    await at.setTime('2026-11-26T08:05:00+08:00');
    await at.grant('never sent', { sendWithinMs: 1 });
    expect(await reserve()).toMatchObject({ by: 'hold', retryAfterMs: 100 });
    await at.setTime('2026-11-26T08:10:00+08:00');
    await at.ledger.sweep();
    expect(await workEight('denied', 10)).toBe(1);
  });

  it('is not tried again at once when the call may have been refused', async () => {
    await call('denied');
    await at.setTime('2026-11-26T08:00:00+08:00');
    await send();
    await at.setTime('2026-11-26T08:10:00+08:00');
    await at.ledger.sweep();
    expect(await at.callStates()).toEqual(['committed', 'unknown']);
    expect(await reserve()).toMatchObject({ kind: 'denied', by: 'hold' });
    await at.setTime('2026-11-26T16:00:01+08:00');
    expect(await reserve()).toMatchObject({ kind: 'granted' });
  });

  it('is tried by one call at a time after somebody resumed it', async () => {
    await call('denied');
    expect(await at.quota.resumeApi(api)).toBe(true);
    expect(await workEight('denied', 10)).toBe(1);
  });

  it('stays held by whoever held it by hand, without a probe', async () => {
    await call('denied');
    await at.quota.holdApi({ api, code: 'by hand', forMs: null });
    await at.setTime('2026-11-28T00:00:00+08:00');
    expect(await reserve()).toEqual({ kind: 'denied', by: 'hold', retryAfterMs: null });
  });

  it('is known to the planner as held, and as open to its probe', async () => {
    const blocks = async () =>
      Object.fromEntries(await listBlockedApis(at.db.pool, appKey, [{ api, lane: 'refresh' }]));
    expect(await blocks()).toEqual({});
    await call('denied');
    expect(await blocks()).toEqual({ [api]: { reason: 'gw.APIACLDecline', isHeld: true } });
    await at.setTime('2026-11-26T08:00:00+08:00');
    expect(await blocks()).toEqual({ [api]: { reason: null, isHeld: true } });
    await send();
    expect(await blocks()).toEqual({ [api]: { reason: 'gw.APIACLDecline', isHeld: true } });
  });
});

describe('what calls showed', () => {
  it('names the call that showed it first, and is written when it changes only', async () => {
    const first = await call('allowed');
    const row = async () =>
      (await at.db.pool.query('SELECT xmin, * FROM sync.api_permission')).rows as unknown;
    const before = await row();
    await call('allowed');
    expect(await row()).toEqual(before);
    expect(await permissions.listApis()).toMatchObject([
      { api, observed: 'allowed', observedCallId: first, declared: 'not_applied', declaredAt: null },
    ]);
    const refused = await call('exhausted');
    expect(await permissions.listApis()).toMatchObject([{ observed: 'exhausted', observedCallId: refused }]);
  });

  it('is not changed by a call that was granted before', async () => {
    await call('allowed');
    const early = await send();
    await at.setTime('2026-11-25T12:00:05+08:00');
    await call('denied');
    await at.ledger.settle(settlementThat(early, 'allowed'));
    expect(await observed()).toEqual([[api, 'denied']]);
    expect(await at.quota.listHolds()).toHaveLength(1);
  });

  it('is kept of the app as a whole, too', async () => {
    expect(await permissions.readApplication()).toMatchObject({
      observed: 'unknown',
      declared: 'not_applied',
    });
    const first = await call('denied');
    expect(await permissions.readApplication()).toMatchObject({
      observed: 'allowed',
      observedCallId: first,
    });
    await at.quota.resumeApi(api);
    await call('app_refused');
    expect(await permissions.readApplication()).toMatchObject({ observed: 'denied' });
    expect(await observed()).toEqual([[api, 'denied']]);
  });

  it('is nothing when the call was exempt', async () => {
    const { callId } = await at.grant('oauth', { isExempt: true });
    await at.ledger.settle(settlementThat(callId, 'denied'));
    expect(await observed()).toEqual([]);
    expect(await at.quota.listHolds()).toEqual([]);
  });
});

describe('what the operator declares', () => {
  const declaredAt = new Date('2026-11-20T00:00:00+08:00');

  it('leaves what calls showed, and approved numbers that are not named', async () => {
    await call('allowed');
    await permissions.declareApi({
      ...{ api, declared: 'granted', declaredAt, approvedDaily: 500, approvedMonthly: 15_000 },
    });
    await permissions.declareApi({
      ...{ api, declared: 'granted', declaredAt, approvedDaily: 800, approvedMonthly: null },
    });
    expect(await permissions.listApis()).toMatchObject([
      { observed: 'allowed', declared: 'granted', declaredAt, approvedDaily: 800, approvedMonthly: 15_000 },
    ]);
  });

  it('ends the hold of an API when it is a grant, and no other', async () => {
    await call('denied');
    const approved = { approvedDaily: null, approvedMonthly: null };
    await permissions.declareApi({ api, declared: 'pending', declaredAt, ...approved });
    expect(await at.quota.listHolds()).toHaveLength(1);
    await permissions.declareApi({ api, declared: 'granted', declaredAt, ...approved });
    expect(await at.quota.listHolds()).toEqual([]);
  });

  it('is kept of the app as well', async () => {
    await permissions.declareApplication({ declared: 'under_review', declaredAt });
    expect(await permissions.readApplication()).toMatchObject({ declared: 'under_review', declaredAt });
  });
});
