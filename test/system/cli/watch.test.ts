import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CliContext } from '../../../src/app/context.ts';
import { runCli } from '../../../src/cli/main.ts';
import type { Environment } from '../../../src/config/environment.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { openWatchLists } from '../../../src/config/watch-lists.ts';
import { createLogger } from '../../../src/core/log.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { withTestStack, type TestStack } from '../../support/stack.ts';

const syncFile = `account: business
feeds:
  - { name: watched, offers: ["1"], offers_file: watch.csv }
`;

function open(files: Readonly<Record<string, string>>, env: Environment = {}) {
  const cwd = createProject({ 'catalog-sync.yaml': syncFile, ...files });
  const begin = (...args: string[]) => {
    const world = createWorld({ env, cwd });
    return { ...world, run: (context: CliContext) => runCli(args, context) };
  };
  const run = async (...args: string[]) => {
    const { context, stdout, stderr, run: runIn } = begin(...args);
    return { exitCode: await runIn(context), out: stdout.text, err: stderr.text };
  };
  const file = join(cwd, 'watch.csv');
  return { begin, run, file, read: () => readFileSync(file, 'utf8') };
}

/** A draft of a process that died. */
function leave(draft: string): void {
  writeFileSync(draft, 'half');
  utimesSync(draft, new Date(0), new Date(0));
}

describe('catalog-sync watch', () => {
  it('adds ids and addresses once, removes lines, and leaves all others as they are', async () => {
    const { run, read } = open({ 'watch.csv': 'offer,note\r\n610947572360,"red, large"' });
    const added = await run(
      'watch',
      'add',
      '610947572360',
      'https://detail.1688.com/offer/610947572361.html',
      '7',
    );
    expect(added).toMatchObject({
      exitCode: 0,
      err: expect.stringContaining('2 added; watch.csv has 3 offers') as string,
    });
    expect(read()).toBe('offer,note\r\n610947572360,"red, large"\n610947572361\n7\n');
    const { err } = await run('watch', 'remove', '610947572360', '8');
    expect(err).toContain('1 removed; watch.csv has 2 offers');
    expect(read()).toBe('offer,note\r\n610947572361\n7\n');
  });

  it('makes the list that is not there yet, in the folder of the project only', async () => {
    const { run, read } = open({});
    expect((await run('watch', 'remove', '7')).err).toContain('WATCH_LIST_UNREADABLE');
    expect((await run('watch', 'add', '7')).err).toContain('1 added; watch.csv has 1 offer,');
    expect(read()).toBe('7\n');
    const outside = open({ 'catalog-sync.yaml': syncFile.replace('watch.csv', '../watch-outside.csv') });
    expect((await outside.run('watch', 'add', '7')).exitCode).toBe(4);
    expect(existsSync(join(dirname(outside.file), '..', 'watch-outside.csv'))).toBe(false);
  });

  it('loses no offer of many who add at once, and takes over what a dead process left', async () => {
    const { run, read, file } = open({ 'watch.csv': '' });
    leave(`${file}.new`);
    const offers = Array.from({ length: 12 }, (_, i) => String(100 + i));
    await Promise.all(offers.map((offer) => run('watch', 'add', offer)));
    expect(read().trim().split('\n').toSorted()).toEqual(offers);
    expect(readdirSync(dirname(file)).toSorted()).toEqual(['catalog-sync.yaml', 'watch.csv']);
  });

  it('takes over what was left by a process that died while it took over another draft', async () => {
    const { read, file, begin } = open({ 'watch.csv': '' });
    leave(`${file}.new`);
    linkSync(`${file}.new`, `${file}.new.left`);
    const { context, run } = begin('watch', 'add', '7');
    const now = () => new Date(Date.now() + 20_000);
    expect(await run({ ...context, clock: { ...context.clock, now } })).toBe(0);
    expect(read()).toBe('7\n');
    expect(readdirSync(dirname(file)).toSorted()).toEqual(['catalog-sync.yaml', 'watch.csv']);
  });

  it('takes away no draft but the one that was left, when another process was faster', async () => {
    const { read, file, begin } = open({ 'watch.csv': '' });
    leave(`${file}.new`);
    const { context, run } = begin('watch', 'add', '7');
    let times = 0;
    const now = () => {
      // It has seen the draft that was left; meanwhile the other one takes it away, and begins its own.
      if (times++ === 0) {
        rmSync(`${file}.new`);
        writeFileSync(`${file}.new`, '8\n');
        setTimeout(() => {
          renameSync(`${file}.new`, file);
        }, 100);
      }
      return new Date();
    };
    expect(await run({ ...context, clock: { ...context.clock, now } })).toBe(0);
    expect(read()).toBe('8\n7\n');
  });

  it('knows lines by any of their ends, and removes no other with one', async () => {
    const { run, read } = open({ 'watch.csv': '7,a\r8,b\r9,c' });
    expect((await run('watch', 'remove', '7')).err).toContain('1 removed; watch.csv has 2 offers');
    expect(read()).toBe('8,b\r9,c');
  });

  it('lists the offers, and names the lines that are none', async () => {
    const { run } = open({ 'watch.csv': '7\nno offer\n8\n' });
    expect(await run('watch')).toEqual({
      ...{ exitCode: 0, out: '7\n8\n' },
      err: 'watch.csv:2 names no offer: no offer\n2 offers, 1 bad line\n',
    });
    expect(JSON.parse((await run('watch', 'list', '--json')).out)).toEqual({
      ...{ feed: 'watched', file: 'watch.csv', offers: ['7', '8'] },
      badLines: [{ line: 2, text: 'no offer' }],
    });
  });

  it.each([
    [
      'no feed has one',
      'account: business\nfeeds: [{ name: a, offers: ["1"] }]\n',
      [],
      'add `offers_file: watch.csv`',
    ],
    [
      'the feed that is named has none',
      `${syncFile}  - { name: other, keywords: [bag] }\n`,
      ['--feed', 'other'],
      'feed other has no offers_file',
    ],
    [
      'the file is outside',
      syncFile.replace('watch.csv', '../watch.csv'),
      [],
      /can't be read|outside of the project/,
    ],
    ['there is no file', syncFile, [], "offers_file watch.csv of feed watched can't be read"],
  ])('refuses where %s', async (_, text, flags, said) => {
    const { run } = open({ 'catalog-sync.yaml': text });
    const { exitCode, err } = await run('watch', 'list', ...flags);
    expect(exitCode).toBe(4);
    expect(err).toMatch(said);
  });
});

/** Some ids that the sandbox has. */
async function someOffers(stack: TestStack): Promise<string[]> {
  const rows = await stack.query<{ id: string }>(
    'SELECT offer_id::text AS id FROM catalog.offer ORDER BY 1 LIMIT 6',
  );
  return rows.map(({ id }) => id);
}

describe('a run', () => {
  it('fetches what the file names at that time, and does not start without the file', () =>
    withTestStack({ backend: 'postgres' }, async (stack) => {
      await stack.run({ budgetCalls: 60 });
      const [first = '', second = '', third = ''] = await someOffers(stack);
      const watched = async () =>
        (
          await stack.query<{ watched: string[] }>(
            `SELECT watched::text[] FROM sync.feed WHERE feed = 'watched'`,
          )
        )[0]?.watched;
      const { run, file } = open(
        { 'watch.csv': `${first}\nbad\nhttps://detail.1688.com/offer/${second}.html\n` },
        stack.env,
      );
      const { err } = await run('sync', '--budget', '3');
      expect(err).toContain('lines of the watch list name no offer');
      expect(await watched()).toEqual(['1', first, second]);
      writeFileSync(file, `${third}\n`);
      await run('sync', '--budget', '3');
      expect(await watched()).toEqual(['1', third]);
      rmSync(file);
      expect(await run('sync')).toMatchObject({
        exitCode: 4,
        err: expect.stringContaining('WATCH_LIST_UNREADABLE') as string,
      });
    }));
});

it('a feed that lists more than its max_offers is refused', async () => {
  const text = syncFile.replace('watch.csv }', 'watch.csv, max_offers: 2 }');
  const { run } = open({ 'catalog-sync.yaml': text, 'watch.csv': '7\n8\n' });
  const { exitCode, err } = await run('plan');
  expect(exitCode).toBe(4);
  expect(err).toContain('max_offers of feed watched is 2, and with watch.csv it lists 3');
});

describe('a process that runs on', () => {
  it('reads the file again when it changed, and keeps the last list when it is gone', async () => {
    const { file } = open({ 'watch.csv': '7\n' });
    const { feeds } = parseSyncFile(syncFile, 'test');
    const lines: string[] = [];
    const stream = { write: (line: string) => void lines.push(line) };
    const log = createLogger({ level: 'warn', pretty: false, stream });
    const addTo = await openWatchLists(dirname(file), feeds, log);
    const offers = async () => (await addTo(feeds)).map((feed) => feed.offers);
    expect(await offers()).toEqual([['1', '7']]);
    writeFileSync(file, '7\n1\n8\n');
    expect(await offers()).toEqual([['1', '7', '8']]);
    rmSync(file);
    expect([await offers(), await offers()]).toEqual([[['1', '7', '8']], [['1', '7', '8']]]);
    expect(lines).toEqual([expect.stringContaining('the watch list counts as it was')]);
    writeFileSync(file, '9\n');
    expect(await offers()).toEqual([['1', '9']]);
  });
});
