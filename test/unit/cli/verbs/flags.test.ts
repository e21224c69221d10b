import { describe, expect, it, test } from 'vitest';
import { parseCommand } from '../../../support/parse-command.ts';

const nothing = {};
const sandboxDefaults = {
  ...{ host: '127.0.0.1', port: 0, offers: 300, categories: 60, seed: 1, latencyMs: 0, advance: 0 },
};
const minutely = ['schedule', 'add', 'a', '--cron', '* * * * *', '--feed', 'b'];

describe('without a flag an action is given its default', () => {
  it.each<[string, readonly string[], readonly unknown[], object]>([
    ['status', ['status'], [], { runs: 10 }],
    ['explain', ['explain', '7'], ['7'], { last: 20 }],
    ['sql', ['sql', 'select 1'], ['select 1'], { timeout: 30_000 }],
    ['trackers', ['trackers'], [], { limit: 30 }],
    ['quarantine', ['quarantine'], [], { limit: 30 }],
    ['schedule history', ['schedule', 'history'], [undefined], { limit: 20 }],
    [
      ...(['schedule add', minutely, ['a']] as const),
      { cron: '* * * * *', timeZone: 'Asia/Shanghai', feed: ['b'], missed: 'once' },
    ],
    ['sandbox', ['sandbox'], [], sandboxDefaults],
    ['sync', ['sync'], [], nothing],
    ['web', ['web'], [], nothing],
  ])('%s', async (_, args, values, flags) => {
    expect(await parseCommand(args)).toEqual({ given: { args: values, flags }, err: '' });
  });
});

describe('a value at its bounds is taken as what it means', () => {
  it.each<[string, object]>([
    ['status --runs 1', { runs: 1 }],
    ['status --runs 1000', { runs: 1000 }],
    ['explain 7 --last 1000', { last: 1000 }],
    ['schedule history --limit 10000', { limit: 10_000 }],
    ['trackers --limit 10000', { limit: 10_000 }],
    ['quarantine list --limit 1000', { limit: 1000 }],
    ['sync --budget 1', { budget: 1 }],
    ['sync --budget 999999999', { budget: 999_999_999 }],
    ['sync --deadline 1ms', { deadline: 1 }],
    ['sync --deadline 2h', { deadline: 7_200_000 }],
    ['sync --deadline 366d', { deadline: 31_622_400_000 }],
    ['sql x --timeout 1ms', { timeout: 1 }],
    ['sql x --timeout 24d', { timeout: 2_073_600_000 }],
    ['web --port 0', { port: 0 }],
    ['web --port 65535', { port: 65_535 }],
    ['sandbox --port 65535', { port: 65_535 }],
    ['sandbox --offers 100', { offers: 100 }],
    ['sandbox --offers 1000000', { offers: 1_000_000 }],
    ['sandbox --categories 5000', { categories: 5000 }],
    ['sandbox --seed 2147483647', { seed: 2_147_483_647 }],
    ['sandbox --latency-ms 60000', { latencyMs: 60_000 }],
    ['sandbox --category-cycle 3', { categoryCycle: 3 }],
    ['sandbox --category-cycle 20', { categoryCycle: 20 }],
    ['sandbox --advance 3d', { advance: 259_200_000 }],
    ['sandbox --advance 36500d', { advance: 36_500 * 86_400_000 }],
    ['sandbox --start-at 2026-01-31T08:00:00Z', { startAt: new Date('2026-01-31T08:00:00Z') }],
    ['sandbox --start-at 2026-01-31', { startAt: new Date('2026-01-30T16:00:00Z') }],
    [
      'sandbox --redirect-uri http://a/b --redirect-uri https://c',
      { redirectUri: ['http://a/b', 'https://c'] },
    ],
    [
      'quota set * --day 1 --month 100000000 --second 2 --minute 3',
      { day: 1, month: 1e8, second: 2, minute: 3 },
    ],
    ['quota unset * --day --second', { day: true, second: true }],
    ['quota reconcile --api * --day 0 --month 0', { api: '*', day: 0, month: 0 }],
    [`quota hold * --reason ${'x'.repeat(200)}`, { reason: 'x'.repeat(200) }],
    ['permissions app --state granted --on 2026-11-20', { on: new Date('2026-11-19T16:00:00Z') }],
    ['permissions set a --state granted --daily 1 --monthly 1000000000', { daily: 1, monthly: 1e9 }],
    ['init --category 0 --category 123456789012345678', { category: ['0', '123456789012345678'] }],
    ['init --keyword a --keyword b', { keyword: ['a', 'b'] }],
    [`init --app-key ${'a'.repeat(64)}`, { appKey: 'a'.repeat(64) }],
    ['init --daily 1000000000', { daily: 1e9 }],
    ['reprocess --older-than-version 1000000', { olderThanVersion: 1_000_000 }],
    ['record offer.detail --raw 123456789012345678', { raw: '123456789012345678' }],
    ['retry --operation offer.detail --id 9223372036854775807', { id: '9223372036854775807' }],
    ['reprocess --since 2026-11-01', { since: new Date('2026-10-31T16:00:00Z') }],
    ['reprocess --offer https://detail.1688.com/offer/7.html', { offer: '7' }],
    ['export a.b --since 7d', { since: { agoMs: 604_800_000 } }],
    ['export a.b --since 100000d', { since: { agoMs: 8_640_000_000_000 } }],
    ['export --changes-since start', { changesSince: { sequence: null } }],
  ])('%s', async (line, flags) => {
    const { given, err } = await parseCommand(line.split(' '));
    expect(err).toBe('');
    expect(given?.flags).toMatchObject(flags);
  });

  test('a share of the nature of a sandbox is added to those before', async () => {
    const { given } = await parseCommand(['sandbox', '--nature', 'soldOut=0.2', '--nature', 'birth=0']);
    expect(given?.flags['nature']).toMatchObject({ soldOut: 0.2, birth: 0 });
  });

  test.each<[string, readonly unknown[]]>([
    ['quota external add @all 100000000', ['@all', 100_000_000]],
    ['quarantine show 123456789012345678', ['123456789012345678']],
    [`erase-seller ${'~'.repeat(200)}`, ['~'.repeat(200)]],
    ['erase-seller !!!!!!!!', ['!!!!!!!!']],
    ['watch add 7 https://detail.1688.com/offer/8.html', [['7', '8']]],
    ['explain detail.1688.com/offer/610947572360.html', ['610947572360']],
  ])('%s', async (line, values) => {
    expect((await parseCommand(line.split(' '))).given?.args).toEqual(values);
  });
});

describe('a value beyond its bounds is refused with what to give', () => {
  it.each<[string, RegExp]>([
    ['status --runs 0', /whole number from 1 to 1000\./],
    ['status --runs 1001', /whole number from 1 to 1000\./],
    ['status --runs 1e2', /whole number from 1 to 1000\./],
    ['explain 7 --last 1001', /from 1 to 1000\./],
    ['explain x', /Give an offer id or the address of its page/],
    ['sync --budget 0', /Give a number of calls, 1 or more/],
    ['sync --budget 1000000000', /Give a number of calls, 1 or more/],
    ['sync --deadline 0s', /Give a duration like 45m or 2h/],
    ['sync --deadline soon', /Give a duration like 45m or 2h/],
    ['sql x --timeout 0ms', /Give a duration like 500ms, 30s or 10m/],
    ['sql x --timeout 5', /Give a duration like 500ms, 30s or 10m/],
    ['sql x --timeout 25d', /10m, at most 2147483647ms \(24\.8 days\)\./],
    ['sync --deadline 367d', /2h, at most 366d\./],
    ['export a.b --since 100001d', /or a duration \(7d, at most 100000d\)\./],
    ['web --port 65536', /Give a port from 0 to 65535/],
    ['web --port 000080', /Give a port from 0 to 65535/],
    ['sandbox --port 65536', /from 0 to 65535\./],
    ['sandbox --offers 99', /from 100 to 1000000\./],
    ['sandbox --categories 9', /from 10 to 5000\./],
    ['sandbox --seed 2147483648', /from 0 to 2147483647\./],
    ['sandbox --latency-ms 60001', /from 0 to 60000\./],
    ['sandbox --category-cycle 2', /from 3 to 20\./],
    ['sandbox --category-cycle 21', /from 3 to 20\./],
    [
      'sandbox --advance 3',
      /option '--advance <duration>'.* Give a duration like 12h or 3d, at most 36500d\./,
    ],
    ['sandbox --advance 36501d', /like 12h or 3d, at most 36500d\./],
    [
      'sandbox --start-at soon',
      /Give an instant with its zone \(2026-11-25T09:30:00Z\) or a day of Asia\/Shanghai/,
    ],
    ['sandbox --start-at 2026-01-31T08:00:00', /Give an instant with its zone/],
    ['sandbox --redirect-uri ftp://a', /Give an address like http:\/\/localhost/],
    ['sandbox --redirect-uri http://a:b', /Give an address like http:\/\/localhost/],
    ['sandbox --nature soldOut', /Give a name and a share, like soldOut=0\.2: /],
    ['sandbox --nature soldOut=', /Give a name and a share, like soldOut=0\.2: /],
    ['sandbox --nature =0.2', /Give a name and a share, like soldOut=0\.2: /],
    ['quota set * --day 0', /from 1 to 100000000\./],
    ['quota set * --minute 100000001', /from 1 to 100000000\./],
    ['quota external add a 0', /from 1 to 100000000\./],
    ['quota reconcile --api a --day 100000001', /from 0 to 100000000\./],
    [`quota hold * --reason ${'x'.repeat(201)}`, /Give up to 200 characters/],
    ['quota hold * --reason  ', /Give up to 200 characters/],
    ['permissions app --state granted --on 2026-02-30', /Give a day like 2026-11-20/],
    ['permissions set a --state granted --daily 0', /from 1 to 1000000000\./],
    ['permissions app --state maybe', /Give one of not_applied/],
    ['init --category 012', /Give a category id in digits/],
    ['init --category 1234567890123456789', /Give a category id in digits/],
    [`init --app-key ${'a'.repeat(65)}`, /Give letters and digits only/],
    ['init --daily 1000000001', /from 1 to 1000000000\./],
    ['init --approved offer.detail=0', /Give operation=daily\/monthly/],
    [
      'reprocess --since 7d',
      /Give an instant with its zone \(2026-11-25T09:30:00Z\) or a day of Asia\/Shanghai/,
    ],
    ['reprocess --since 2026-11-01T08:00', /Give an instant with its zone/],
    ['reprocess --older-than-version 0', /from 1 to 1000000\./],
    ['record offer.detail --raw abc', /Give a number from the column `raw_id` of usage\.api_call/],
    ['record offer.detail --raw 1234567890123456789', /Give a number from the column/],
    [
      'retry --operation offer.detail --id abc',
      /Give a number from the column `id` of `catalog-sync retry --list`/,
    ],
    ['retry --operation offer.detail --id 9223372036854775808', /Give a number from the column/],
    ['quarantine show 0', /Give a number from the column/],
    ['quarantine show 1234567890123456789', /Give a number from the column/],
    ['quarantine list --limit 1001', /from 1 to 1000\./],
    ['trackers --limit 10001', /from 1 to 10000\./],
    ['schedule history --limit 10001', /from 1 to 10000\./],
    [`erase-seller ${'~'.repeat(201)}`, /Give the sellerOpenId/],
    ['erase-seller 商家', /Give the sellerOpenId/],
    ['erase-seller 6109475', /Give the sellerOpenId/],
    ['export a.b --since yesterday', /Give an instant with its zone/],
    ['export --changes-since 7', /Give the "to" of the manifest\.json/],
  ])('%s', async (line, message) => {
    const { given, err } = await parseCommand(line.split(' '));
    expect(given).toBeNull();
    expect(err).toMatch(message);
  });
});
