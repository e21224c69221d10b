import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { displayWidth } from '../../../src/terminal/display-width.ts';
import {
  api,
  appKey,
  openLedger,
  otherApi,
  settlementFor,
  type OpenLedger,
} from '../../support/open-ledger.ts';
import { createWorld } from '../../support/in-process.ts';
import { createQuotaCli } from './quota-world.ts';

let at: OpenLedger;
let cli: ReturnType<typeof createQuotaCli>;

beforeAll(async () => {
  at = await openLedger();
  cli = createQuotaCli(at);
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.setTime('2026-11-25T12:00:00+08:00');
});

const applyPresets = () =>
  at.quota.applyPresets({ appKey, account: 'personal', apis: [otherApi, api], callsPerSecond: 1_000 });

describe('the table of limits', () => {
  beforeEach(applyPresets);

  it('has what is used and left of each, by operation and from short windows to long ones', async () => {
    await at.grant('a');
    const { exitCode, out } = await cli.run('');
    expect(exitCode).toBe(0);
    const lines = out.split('\n').map((line) => line.replace(/ +/g, ' '));
    expect(lines.slice(2, 7)).toEqual([
      'category.children day ░░░░░░░░░░ 0 500 500 11-26 assumed',
      ' month ░░░░░░░░░░ 0 15,000 15,000 0 of 2,500 12-01 assumed',
      'offer.detail day █░░░░░░░░░ 1 500 499 1 11-26 assumed',
      ' month █░░░░░░░░░ 1 15,000 14,999 1 of 2,500 1 12-01 assumed',
      '* second 1,000 file',
    ]);
    expect(lines[0]).toBe('API period used limit left today in flight resets limit from');
  });

  it('is the same for `quota list`', async () => {
    expect(await cli.run('list')).toEqual(await cli.run(''));
  });

  it('shows calls that are unknown or of others only when there are some', async () => {
    const header = async () => (await cli.run('')).out.split('\n')[0];
    expect(await header()).not.toMatch(/in flight|unknown|others/);
    const call = await at.grant('a');
    await at.ledger.settle(
      settlementFor(call.callId, { state: 'unknown', outcome: 'transport_error', body: null }),
    );
    await at.corrections.recordExternal(appKey, otherApi, 40);
    expect(await header()).toMatch(/unknown +others/);
    expect(await cli.json('')).toMatchObject({
      limits: [
        { name: 'category.children', period: 'day', use: { used: 40, unknown: 0, external: 40 } },
        { period: 'month', use: { usedToday: 40 } },
        { name: 'offer.detail', period: 'day', use: { used: 1, unknown: 1, external: 0 } },
        {},
        { name: '*', period: 'second', callLimit: 1_000, use: null },
      ],
    });
  });

  it('says where each number comes from', async () => {
    await at.quota.applyApproved(appKey, api, { daily: 300, monthly: 9_000 });
    await at.quota.applyGroups(appKey, [{ name: 'both', apis: [api, otherApi], daily: 700, monthly: null }]);
    await at.quota.setLimit({ appKey, api: otherApi, period: 'day', callLimit: 50, reset: 'rolling' });
    await at.db.pool.query('UPDATE sync.api_permission SET approved_monthly = 9000 WHERE api = $1', [api]);
    const file = `quotas:
  per_second: 1000
  approved: { offer.detail: { daily: 300 } }
  groups: [{ name: both, operations: [category.children, offer.detail], daily: 700 }]`;
    const { limits } = (await cli.json('', { file })) as {
      limits: { name: string; period: string; origin: string }[];
    };
    expect(limits.map(({ name, period, origin }) => `${name} ${period} ${origin}`)).toEqual([
      'category.children day set',
      'category.children month account',
      'offer.detail day quotas.approved',
      'offer.detail month permissions',
      '@both day quotas.groups',
      '* second quotas.per_second',
    ]);
    const { out } = await cli.run('', { file });
    expect(out).toMatch(/^offer.detail +day .* file$/m);
    expect(out).toMatch(/^category.children +day .* set, rolling$/m);
    expect(out).not.toContain('next start');
  });

  it('says which numbers the next start will set', async () => {
    await at.quota.applyApproved(appKey, api, { daily: 300, monthly: null });
    const file = 'quotas: { per_second: 3, approved: { offer.detail: { daily: 1400 } } }';
    const { out } = await cli.run('', { file });
    expect(out).toMatch(/^offer.detail +day .* set$/m);
    expect(out).toMatch(
      /^- offer.detail: 1,400 a day are declared; the next start of a process sets them\.$/m,
    );
    expect(out).toMatch(/^- All APIs together: 3 a second are declared; /m);
  });

  it.each([40, 60, 80, 100, 120])('fits a terminal of %i columns', async (columns) => {
    await at.quota.holdApi({ api, code: 'HELD_BY_HAND', forMs: null, reason: '等供应商回复 '.repeat(8) });
    await at.grant('a', { api: otherApi });
    const { out } = await cli.run('', { columns });
    // What is typed stays in one piece.
    const lines = out.split('\n').filter((line) => !/^ *`[^`]+`\.?$/.test(line));
    expect(Math.max(...lines.map((line) => displayWidth(line)))).toBeLessThanOrEqual(columns);
    expect(out).toContain('`catalog-sync quota resume offer.detail`');
    if (columns < 100) expect(out).toMatch(/^category.children\n {2}day {4}█░{9} 1 of 500/m);
    else expect(out).toMatch(/^category.children +day/m);
  });

  it('is a table at 80 columns, as long as nothing is in flight', async () => {
    const { out } = await cli.run('', { columns: 80 });
    expect(out).toMatch(/^category.children +day +0 +500 /m);
  });

  it('has a full bar only when nothing is left', async () => {
    await at.corrections.recordExternal(appKey, api, 499);
    expect((await cli.run('')).out).toMatch(/^offer.detail +day +█{9}░ +499 /m);
    await at.corrections.recordExternal(appKey, api, 1);
    expect((await cli.run('')).out).toMatch(/^offer.detail +day +█{10} +500 +500 +0 /m);
  });
});

describe('under the table', () => {
  beforeEach(applyPresets);

  it('is what runs wait for, as the ledger would answer them', async () => {
    await at.corrections.recordExternal(appKey, api, 480);
    expect((await cli.run('')).out).toMatch(
      /^- offer.detail: runs wait until 2026-11-25 22:\d\d(:\d\d)?, because their part of the day is used up\.$/m,
    );
    await at.corrections.recordExternal(appKey, otherApi, 2_600);
    expect((await cli.run('')).out).toMatch(
      /^- category.children: runs wait until 2026-11-26 00:00, because their part of the day is used up\.$/m,
    );
  });

  it('puts APIs that wait for the same into one line', async () => {
    await at.quota.setLimit({ appKey, api: '*', period: 'day', callLimit: 5 });
    await at.corrections.recordExternal(appKey, '*', 5);
    expect((await cli.run('')).out).toMatch(
      /^- category.children, offer.detail: runs wait until 2026-11-26 00:00, /m,
    );
  });

  it('is every hold with what ends it', async () => {
    await at.db.pool.query(
      `INSERT INTO usage.api_hold (api, code, held_at, held_until, probe_after) VALUES
         ($1, 'gw.APIACLDecline', '2026-11-25T09:00:00+08:00', NULL, '2026-11-26T00:00:00+08:00'),
         ('*', 'gw.QosAppFrequencyLimit', '2026-11-25T11:00:00+08:00', '2026-11-26T00:00:00+08:00',
          '2026-11-25T12:00:00+08:00')`,
      [otherApi],
    );
    await at.quota.holdApi({ api, code: 'HELD_BY_HAND', forMs: null, reason: 'a \u001b[31mred\u202e sale' });
    const { out } = await cli.run('');
    const flat = out.replaceAll('\n  ', ' ');
    expect(flat).toMatch(
      /^! category.children: held since 2026-11-25 09:00 \(gw.APIACLDecline\) until a test call succeeds \(next try 2026-11-26 00:00\), or `catalog-sync quota resume category.children`\.$/m,
    );
    expect(flat).toMatch(
      /^- All APIs together: .* or 2026-11-26 00:00, or `catalog-sync quota resume '\*'`\.$/m,
    );
    expect(flat).toMatch(/^! offer.detail: held since .* \(HELD_BY_HAND: a ␛\[31mred\ufffd sale\) until `/m);
  });

  it('is every pause that is not over', async () => {
    await at.db.pool.query(
      `INSERT INTO usage.backoff (app_key, api, started_at, pause) VALUES
         ($1, $2, usage.ledger_now(), '2 minutes'), ($1, $3, usage.ledger_now() - interval '1 minute', '40 seconds'),
         -- Of before the clock was set back.
         ($1, '*', usage.ledger_now() + interval '1 hour', '2 minutes')`,
      [appKey, api, otherApi],
    );
    const { out } = await cli.run('');
    expect(out).toMatch(/^- offer.detail: pauses until 2026-11-25 12:0\d(:\d\d)?, because 1688 answered/m);
    expect(out).not.toContain('category.children: pauses');
    expect(await cli.json('')).toMatchObject({ pauses: [{ name: 'offer.detail', api }] });
  });
});

describe('without a limit', () => {
  it('it says what makes them, and has no rows', async () => {
    const { exitCode, out } = await cli.run('');
    expect({ exitCode, out }).toEqual({
      exitCode: 0,
      out: 'No limit is known yet: the first sync sets those of the account.\n\n- Times are in Asia/Shanghai.\n',
    });
    expect(await cli.json('')).toEqual({ limits: [], holds: [], pauses: [], waits: [], paces: [] });
  });

  it('it works without a sync file', async () => {
    expect(await cli.run('', { file: null })).toMatchObject({ exitCode: 0, err: '' });
  });

  it('it needs to know whose quota it is', async () => {
    const { context, stderr } = createWorld({ env: { DATABASE_URL: at.db.url } });
    expect(await runCli(['quota'], context)).toBe(4);
    expect(stderr.text).toContain(
      'error CREDENTIALS_MISSING: ALIBABA_APP_KEY is not set, so it is not known whose quota this is',
    );
  });
});
