import { describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

const syncFile = 'account: personal\nfeeds: [{ name: a, offers: ["7"] }]\n';

async function run(args: readonly string[], isTerminal = false) {
  const cwd = createProject({ 'catalog-sync.yaml': syncFile });
  const { context, stdout, stderr } = createWorld({ cwd });
  const isTty = { ...context.isTty, stdout: isTerminal };
  const exitCode = await runCli(args, { ...context, isTty });
  return { exitCode, out: stdout.text, err: stderr.text };
}

describe('flags that do not go together are refused before anything is opened', () => {
  const changes = ['export', '--changes-since', 'start'];
  const anew = (what: string) =>
    `option '--changes-since' cannot be used with ${what}: it writes all tables anew`;

  it.each<[readonly string[], string]>([
    [['export'], "name a table or view, as in catalog.offer, or give '--query'"],
    [['export', 'a.b', '--query', 'x'], "option '--query' cannot be used with a table or view"],
    [
      ['export', '--query', 'x', '--since', '7d'],
      "option '--since' cannot be used with option '--query': put a condition into the query",
    ],
    [
      ['export', 'a.b', '--out', 'a.parquet', '--formula-guard'],
      "option '--formula-guard' is for CSV: Parquet has types",
    ],
    [['export', 'a.b', '--format', 'parquet', '--formula-guard'], "option '--formula-guard' is for CSV"],
    ...['x.xlsx', 'x.tsv', 'x.csv.gz'].map((out): [readonly string[], string] => [
      ['export', 'a.b', '--out', out],
      `no format has the ending of ${out}: name a .csv, .txt or .parquet file, or give '--format'`,
    ]),
    [['export', 'a.b', '--out', 'a.PARQUET', '--formula-guard'], "option '--formula-guard' is for CSV"],
    [['export', 'a.b', '--json'], "option '--json' needs '--out'"],
    [['export', 'a.b', '--force'], "option '--force' needs '--out'"],
    [[...changes, 'a.b'], anew('a table or view')],
    [[...changes, '--query', 'x'], anew('--query')],
    [[...changes, '--since', '7d'], anew('--since')],
    [[...changes, '--formula-guard', '--out', 'x'], anew('--formula-guard')],
    [[...changes, '--force', '--out', 'x'], anew('--force')],
    [changes, "option '--changes-since' needs '--out <folder>', a new folder"],
    [['retry', '--id', '7'], '--id needs --operation'],
    [
      ['retry', '--id', '12345678901234567890', '--operation', 'offer.detail'],
      "option '--id <id>' argument '12345678901234567890' is invalid. Give a number from the column `id` of",
    ],
    [
      ['retry', '--id', 'x', '--operation', 'offer.detail'],
      "option '--id <id>' argument 'x' is invalid. Give a number from the column `id` of",
    ],
    [['record', 'offer.detail'], "give either a target or '--raw'"],
    [['record', 'offer.detail', '7', '--raw', '8'], "give either a target or '--raw'"],
    ...['daily', 'monthly'].map((flag): [readonly string[], string] => [
      ['permissions', 'set', 'offer.detail', '--state', 'pending', `--${flag}`, '5'],
      '--daily and --monthly are what was approved: give them with --state granted',
    ]),
    [['schedule', 'add', 'a b', '--cron', '0 0 * * *', '--feed', 'a'], "the name 'a b' "],
    [['schedule', 'add', 'a', '--cron', '0 0 * *', '--feed', 'a'], "--cron '0 0 * *' "],
    [
      ['schedule', 'add', 'a', '--cron', '0 0 * * *', '--feed', 'a', '--time-zone', 'Mars'],
      "--time-zone 'Mars' ",
    ],
    [['permissions', 'apply', 'search.keyword'], 'catalog-sync.yaml needs no call of search.keyword'],
    [['permissions', 'apply', 'nothing'], 'there is no API nothing: give one of category.children, '],
  ])('%j', async (args, said) => {
    const { exitCode, out, err } = await run(args);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain(`error: ${said}`);
  });

  it('Parquet is for no terminal', async () => {
    const parquet = ['export', 'a.b', '--format', 'parquet'];
    expect((await run(parquet, true)).err).toContain('error: Parquet is not for a terminal');
  });
});

describe('flags that go together lead to the database, which is not there', () => {
  it.each<[readonly string[], boolean]>([
    [['export', 'a.b'], true],
    [['export', 'a.b', '--since', '7d', '--formula-guard'], true],
    [['export', '--query', 'select 1'], false],
    [['export', 'a.b', '--format', 'parquet'], false],
    [['export', 'a.b', '--out', 'a.parquet', '--json', '--force'], true],
    [['export', 'a.b', '--out', 'parquet', '--formula-guard'], false],
    [['export', 'a.b', '--out', 'a.d/parquet', '--formula-guard'], false],
    [['export', 'a.b', '--out', 'a.txt', '--formula-guard'], false],
    [['export', 'a.b', '--out', 'a.xlsx', '--format', 'csv'], false],
    [['export', '--changes-since', 'start', '--out', 'x'], false],
    [['retry', '--id', '1234567890123456789', '--operation', 'offer.detail'], false],
    [['retry', '--operation', 'offer.detail'], false],
    [['record', 'offer.detail', '7'], false],
    [['record', 'offer.detail', '--raw', '7'], false],
    [['schedule', 'history'], false],
  ])('%j, at a terminal %s', async (args, isTerminal) => {
    const { exitCode, err } = await run(args, isTerminal);
    expect(exitCode).toBe(1);
    expect(err).toContain('error DATABASE_NOT_THERE');
  });
});

describe('permissions apply', () => {
  it('prints the forms of all APIs that the file needs, or of one', async () => {
    const { exitCode, out, err } = await run(['permissions', 'apply']);
    expect({ exitCode, lines: out.match(/^\S.*$/gm) }).toEqual({
      ...{ exitCode: 0, lines: ['product.search.queryProductDetail (offer.detail)'] },
    });
    expect(err).toContain('The volumes are upper bounds, from catalog-sync.yaml alone');
    expect((await run(['permissions', 'apply', 'offer.detail'])).out).toBe(out);
    expect((await run(['permissions', 'apply', 'product.search.queryProductDetail'])).out).toBe(out);
    expect((await run(['permissions', 'apply', 'alibaba.cross.detail'])).out).toBe(out);
    const json = JSON.parse((await run(['permissions', 'apply', '--json'])).out) as unknown;
    expect(json).toMatchObject([{ operation: 'offer.detail', daily: 1 }]);
  });
});
