import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { api, appKey, openLedger, otherApi, requestFor, settlementFor } from '../../support/open-ledger.ts';
import { applyPersonal, createQuotaCli, resetToPersonal, searchApi } from './quota-world.ts';

const at = await openLedger();
const cli = createQuotaCli(at);
afterAll(() => at.db.drop());
beforeEach(() => resetToPersonal(at));

const start = () => applyPersonal(at);

/** The limits that are open, as `api window number source`, with the operation for the API. */
async function listLimits() {
  const { rows } = await at.db.pool.query<Record<'api' | 'period_kind' | 'call_limit' | 'source', string>>(
    `SELECT api, period_kind, call_limit, source FROM usage.quota_limit WHERE valid_to IS NULL
     ORDER BY api, array_position(ARRAY['second', 'minute', 'day', 'month'], period_kind)`,
  );
  const names = new Map<string, string>([
    [api, 'detail'],
    [otherApi, 'category'],
  ]);
  return rows.map((row) =>
    [names.get(row.api) ?? row.api, row.period_kind, row.call_limit, row.source].join(' '),
  );
}

const presets = [
  '* second 1000 preset',
  'detail day 500 preset',
  'detail month 15000 preset',
  'category day 500 preset',
  'category month 15000 preset',
];

describe('quota set', () => {
  it('limits an API at once and beyond the next start, and says what is left', async () => {
    await at.grant('a');
    const { exitCode, out, err } = await cli.run('set offer.detail --day 3 --minute 2');
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: '' });
    expect(err).toMatch(/^offer.detail, minute: 0 of 2 used, 2 left; resets 2026-11-25 12:0\d\.$/m);
    expect(err).toMatch(
      /^offer.detail, day: 1 of 3 used \(1 in flight\), 2 left; resets 2026-11-26 00:00\.$/m,
    );
    expect(err).toMatch(/^This applies until `catalog-sync quota unset offer.detail`\.$/m);
    await start();
    await at.grant('b');
    await at.grant('c');
    expect(await at.ledger.reserve(requestFor('d'))).toMatchObject({ kind: 'denied', by: 'day' });
    expect((await cli.run('')).out).toMatch(/^offer.detail +minute .* set$/m);
  });

  it('takes a number that is less than what is used: nothing is left then', async () => {
    await at.corrections.recordExternal(appKey, api, 40);
    const { err } = await cli.run('set offer.detail --day 30');
    expect(err).toContain('offer.detail, day: 40 of 30 used (40 of others), 0 left');
    expect(await at.ledger.reserve(requestFor('a'))).toMatchObject({ by: 'day' });
  });

  it('limits the app as a whole, also its pace', async () => {
    const { exitCode, err } = await cli.run('set * --second 2 --day 1');
    expect(exitCode).toBe(0);
    expect(err).toContain('All APIs together, second: at most 2 a second.');
    expect(err).toContain("This applies until `catalog-sync quota unset '*'`.");
    expect(err).toContain('Until then, quotas.per_second of catalog-sync.yaml has no effect.');
    await start();
    expect((await listLimits()).slice(0, 2)).toEqual(['* second 2 configured', '* day 1 configured']);
    await at.grant('a');
    expect(await at.ledger.reserve(requestFor('b', { api: otherApi }))).toMatchObject({ by: 'day' });
  });

  it.each(['offer.detail', 'product.search.queryProductDetail', 'alibaba.cross.detail', api])(
    'knows the API as %s',
    async (name) => {
      expect(await cli.run(`set ${name} --day 7`)).toMatchObject({ exitCode: 0 });
      expect(await listLimits()).toContain('detail day 7 configured');
    },
  );

  it('knows an API before anything was synced, and leaves the preset of its other windows', async () => {
    await cli.run('set search.keyword --day 7');
    await at.quota.applyPresets({ appKey, account: 'personal', apis: [searchApi] });
    expect((await listLimits()).filter((limit) => limit.startsWith(searchApi))).toEqual([
      `${searchApi} day 7 configured`,
      `${searchApi} month 15000 preset`,
    ]);
  });

  it('gives the limits that it set as JSON', async () => {
    expect(await cli.json('set offer.detail --month 9000 --day 400')).toMatchObject([
      { name: 'offer.detail', api, period: 'day', callLimit: 400, origin: 'set', use: { remaining: 400 } },
      { name: 'offer.detail', api, period: 'month', callLimit: 9_000, origin: 'set', use: { share: 1_500 } },
    ]);
  });
});

describe('quota set refuses what the next start would overwrite:', () => {
  const refusal = async (line: string, file = '') => {
    const { exitCode, out, err } = await cli.run(line, { file });
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(await listLimits()).toEqual(presets);
    return err;
  };

  it('a volume of the sync file', async () => {
    const file = 'quotas: { approved: { alibaba.cross.detail: { daily: 300 } } }';
    const err = await refusal('set offer.detail --month 9 --day 700', file);
    expect(err).toContain(
      "error QUOTA_LIMIT_DECLARED: nothing was changed: the day's limit of offer.detail is declared in quotas.approved of catalog-sync.yaml, which every process applies at its start",
    );
    expect(err).toMatch(/^what to do: Change the number where it is declared/m);
    expect(await cli.run('set offer.detail --month 9', { file })).toMatchObject({ exitCode: 0 });
  });

  it('a volume that permissions declare', async () => {
    await at.db.pool.query('UPDATE sync.api_permission SET approved_monthly = 9000 WHERE api = $1', [api]);
    expect(await refusal('set offer.detail --month 700')).toContain('by `catalog-sync permissions set`');
    expect(await cli.run('set offer.detail --day 9')).toMatchObject({ exitCode: 0 });
  });

  it('any limit of a group', async () => {
    await at.quota.applyGroups(appKey, [{ name: 'both', apis: [api, otherApi], daily: 9, monthly: null }]);
    for (const period of ['day', 'month', 'minute', 'second']) {
      const { exitCode, err } = await cli.run(`set @both --${period} 5`);
      expect(exitCode).toBe(1);
      expect(err).toContain(
        `the ${period}'s limit of @both is declared in quotas.groups of catalog-sync.yaml`,
      );
    }
    expect(await listLimits()).toHaveLength(presets.length + 1);
  });

  it('anything, where there is no sync file to compare with', async () => {
    const { exitCode, err } = await cli.run('set offer.detail --day 7', { file: null });
    expect(exitCode).toBe(4);
    expect(err).toContain('error CONFIG_FILE_MISSING: there is no catalog-sync.yaml');
    expect(await listLimits()).toEqual(presets);
  });
});

describe('quota unset', () => {
  it('brings back the limits of the account at once', async () => {
    await cli.run('set offer.detail --day 700 --month 20000 --minute 5');
    const { exitCode, err } = await cli.run('unset offer.detail');
    expect(exitCode).toBe(0);
    expect(err).toContain('offer.detail, minute: limit removed.');
    expect(err).toMatch(/^offer.detail, day: 0 of 500 used, 500 left/m);
    expect(err).toMatch(/^offer.detail, month: 0 of 15,000 used/m);
    expect((await listLimits()).filter((limit) => limit.startsWith('detail'))).toEqual([
      ...['detail day 500 preset', 'detail month 15000 preset'],
    ]);
  });

  it('lifts the named windows only', async () => {
    await cli.run('set * --second 2 --day 10');
    const file = 'quotas: { per_second: 8 }';
    expect(await cli.json('unset * --second', { file })).toMatchObject([
      { name: '*', period: 'second', callLimit: 8, origin: 'quotas.per_second' },
      { name: '*', period: 'day', callLimit: 10, origin: 'set' },
    ]);
  });

  it('says so when nothing was set', async () => {
    expect(await cli.run('unset offer.detail --day')).toMatchObject({
      exitCode: 0,
      err: 'offer.detail: nothing was set.\n',
    });
    expect(await listLimits()).toEqual(presets);
  });

  it('leaves what is declared to its place', async () => {
    const file = 'quotas: { approved: { offer.detail: { daily: 300 } } }';
    await at.quota.applyApproved(appKey, api, { daily: 300, monthly: 7_000 });
    expect(await cli.run('unset offer.detail --day', { file })).toMatchObject({ exitCode: 1, out: '' });
    // The month was declared once, and is no longer.
    expect((await cli.run('unset offer.detail', { file })).err).toMatch(
      /^offer.detail, month: 0 of 15,000 used.*\n$/,
    );
    expect(await listLimits()).toContain('detail day 300 configured');
  });
});

describe('a hold by hand', () => {
  it('stops an API, for the reason that is given, until it is resumed', async () => {
    const { exitCode, err } = await cli.runArgs(['hold', 'offer.detail', '--reason', ' a sale: 双11 ']);
    expect(exitCode).toBe(0);
    expect(err).toBe(
      'offer.detail: held until `catalog-sync quota resume offer.detail`. Calls in flight still finish.\n',
    );
    expect(await at.quota.listHolds()).toMatchObject([
      { api, code: 'HELD_BY_HAND', heldUntil: null, probeAfter: null, reason: 'a sale: 双11' },
    ]);
    expect(await at.ledger.reserve(requestFor('a'))).toMatchObject({ by: 'hold', retryAfterMs: null });
    await at.grant('b', { api: otherApi });
    expect(await cli.run('resume offer.detail')).toMatchObject({
      exitCode: 0,
      err: 'offer.detail: no longer held.\n',
    });
    await at.grant('a');
  });

  it('of all APIs stops each, until it is resumed', async () => {
    expect(await cli.json('hold *')).toMatchObject({
      name: '*',
      api: '*',
      code: 'HELD_BY_HAND',
      reason: null,
    });
    for (const forApi of [api, otherApi])
      expect(await at.ledger.reserve(requestFor(forApi, { api: forApi }))).toMatchObject({ by: 'hold' });
    expect(await cli.json('resume *')).toEqual({ api: '*', name: '*', wasHeld: true, stillHeld: [] });
    await at.grant('a');
    await at.grant('b', { api: otherApi });
  });

  it('takes the place of one that a call would end', async () => {
    await at.db.pool.query(
      `INSERT INTO usage.api_hold (api, code, held_at, probe_after)
       VALUES ($1, 'gw.APIACLDecline', '2026-11-25T09:00:00+08:00', '2026-11-25T10:00:00+08:00')`,
      [api],
    );
    expect((await cli.run('hold offer.detail')).err).toMatch(
      /^This takes the place of the hold by gw.APIACLDecline since 2026-11-25 09:00 \(Shanghai\)\.$/m,
    );
    expect(await at.ledger.reserve(requestFor('a'))).toMatchObject({ by: 'hold', retryAfterMs: null });
  });

  it('is not ended by an answer to a call that was under way', async () => {
    const call = await at.grant('a');
    await cli.run('hold offer.detail');
    await at.ledger.settle(settlementFor(call.callId, { shows: 'allowed' }));
    expect(await at.ledger.reserve(requestFor('b'))).toMatchObject({ by: 'hold' });
  });
});

describe('quota resume', () => {
  it('ends a hold that 1688 caused', async () => {
    await at.db.pool.query(
      `INSERT INTO usage.api_hold (api, code, held_at, held_until, probe_after, probe_every) VALUES
         ($1, 'gw.QosAPIFrequencyLimit', usage.ledger_now(), '2026-11-26', '2026-11-25T13:00:00+08:00', '1 hour')`,
      [api],
    );
    expect(await at.ledger.reserve(requestFor('a', { lane: 'refresh' }))).toMatchObject({ by: 'hold' });
    await cli.run('resume offer.detail');
    await at.grant('a');
  });

  it('says what else blocks calls', async () => {
    await cli.run('hold *');
    await cli.run('hold offer.detail');
    expect((await cli.run('resume offer.detail')).err).toBe(
      "offer.detail: no longer held.\nAll APIs together: still held, by HELD_BY_HAND, until `catalog-sync quota resume '*'`.\n",
    );
    await cli.run('hold category.children');
    expect((await cli.run('resume *')).err).toContain(
      '\ncategory.children: still held, by HELD_BY_HAND, until ',
    );
  });

  it('names the zone of the times of what else blocks calls', async () => {
    await at.db.pool.query(
      `INSERT INTO usage.api_hold (api, code, held_at, probe_after, probe_every)
       VALUES ('*', 'gw.X', usage.ledger_now(), '2026-11-25T13:00:00+08:00', '1 hour')`,
    );
    expect((await cli.run('resume offer.detail')).err).toBe(
      "offer.detail: not held.\nAll APIs together: still held, by gw.X, until a test call succeeds (next try 2026-11-25 13:00), or `catalog-sync quota resume '*'`.\nTimes are in Asia/Shanghai.\n",
    );
  });

  it('knows an API that is held but not asked any more', async () => {
    await at.quota.holdApi({ api: 'com.example:old.search:1', code: 'gw.APIUnsupported', forMs: null });
    expect(await cli.run('resume old.search')).toMatchObject({ err: 'old.search: no longer held.\n' });
  });

  it('says so when nothing was held', async () => {
    expect(await cli.run('resume offer.detail')).toMatchObject({
      exitCode: 0,
      err: 'offer.detail: not held.\n',
    });
  });
});

describe('a wrong command line changes nothing and exits 2:', () => {
  it.each([
    [
      'an unknown API',
      'set offer.everything --day 5',
      /there is no API or group offer.everything: give one of .*offer.detail.*, '\*'$/m,
    ],
    ['a group that is none', 'set @none --day 5', /there is no API or group @none/],
    ['no number', 'set offer.detail', /give a number: --day, --month, --minute or --second/],
    ['a negative number', 'set offer.detail --day -5', /'-5' is invalid. Give a whole number from 1 /],
    ['a limit of nothing', 'set offer.detail --day 0', /'0' is invalid/],
    ['a broken number', 'set offer.detail --day 2.5', /'2.5' is invalid/],
    ['words for a number', 'set offer.detail --month many', /'many' is invalid/],
    ['a number that Postgres could not add up', 'set * --day 100000001', /is invalid/],
    ['a window that is none', 'set offer.detail --week 5', /unknown option '--week'/],
    ['unset of an unknown API', 'unset offer.everything', /there is no API or group/],
    ['unset with a number', 'unset offer.detail --day 5', /too many arguments/],
    ['a hold of an unknown API', 'hold offer.everything', /there is no API or group/],
    [
      'a hold of a group',
      'hold @both',
      /a group like @both can't be held: hold or resume each of its APIs, or '\*'/,
    ],
    ['to resume a group', 'resume @both', /a group like @both can't be held/],
    ['a hold of nothing', 'hold', /missing required argument 'api'/],
    ['a reason without words', 'hold offer.detail --reason  ', /Give up to 200 characters/],
  ])('%s', async (_, line, expected) => {
    const { exitCode, out, err } = await cli.run(line);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toMatch(expected);
    expect(await listLimits()).toEqual(presets);
    expect(await at.quota.listHolds()).toEqual([]);
  });
});
