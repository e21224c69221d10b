import { chmodSync, existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

const one = 'account: business\nfeeds:\n  - { name: watched, offers: ["1"], offers_file: watch.csv }\n';
const two = `${one}  - { name: other, offers: ["2"] }\n  - { name: third, offers_file: third.csv }\n`;

function open(list: string | null, syncFile = one) {
  const files = { 'catalog-sync.yaml': syncFile, ...(list === null ? {} : { 'watch.csv': list }) };
  const cwd = createProject(files);
  const file = join(cwd, 'watch.csv');
  const run = async (line: string, now: () => Date = () => new Date()) => {
    const { context, stdout, stderr } = createWorld({ cwd });
    const clock = { ...context.clock, now };
    const exitCode = await runCli(['watch', ...line.split(' ')], { ...context, clock });
    return { exitCode, out: stdout.text, err: stderr.text };
  };
  return { run, file, draft: `${file}.new`, cwd, read: () => readFileSync(file, 'utf8') };
}

it.each([
  ['', '7\n'],
  ['offer\n5', 'offer\n5\n7\n'],
  ['5\n', '5\n7\n'],
  ['\n5', '\n5\n7\n'],
])('to %j an offer is added on a line of its own', async (before, after) => {
  const { run, read } = open(before);
  await run('add 7 7');
  expect(read()).toBe(after);
});

it('an offer that is there, or is not, changes nothing', async () => {
  const { run, read } = open('5\n7');
  expect((await run('add 7 5')).err).toBe('0 added; watch.csv has 2 offers, which the next run fetches\n');
  expect((await run('remove 8 9')).err).toBe(
    'watch.csv does not name 8, 9\n0 removed; watch.csv has 2 offers, which the next run fetches\n',
  );
  expect(read()).toBe('5\n7');
});

it('a change is said as data on request, and only then', async () => {
  const { run } = open('5\n7\n');
  const facts = { feed: 'watched', file: 'watch.csv' };
  const added = await run('add 8 9 --json');
  expect([JSON.parse(added.out), added.err]).toEqual([{ ...facts, changed: 2, offers: 4 }, '']);
  expect((await run('remove 10 --json')).err).toBe('');
  const removed = await run('remove 5 7 8 --json');
  expect([JSON.parse(removed.out), removed.err]).toEqual([{ ...facts, changed: 3, offers: 1 }, '']);
  expect((await run('remove 9')).out).toBe('');
});

it('of an empty list nothing is printed; of bad lines the first twenty', async () => {
  expect(await open('').run('list')).toEqual({ exitCode: 0, out: '', err: '0 offers, 0 bad lines\n' });
  const { err } = await open(`7\n${'1x\n'.repeat(21)}`).run('list');
  const lines = err.trim().split('\n');
  expect(lines).toHaveLength(21);
  expect(lines.slice(19)).toEqual(['watch.csv:21 names no offer: 1x', '1 offer, 21 bad lines']);
});

describe('the feed', () => {
  it('is the one with a file, or the one that is named', async () => {
    const { run, cwd } = open('7\n', two);
    writeFileSync(join(cwd, 'third.csv'), '8\n');
    expect((await run('list --feed third')).out).toBe('8\n');
    expect((await run('list --feed watched')).out).toBe('7\n');
  });

  it.each([
    [2, 'list', two, 'several feeds have an offers_file (watched, third): say which by --feed'],
    [
      4,
      'list --feed other',
      two,
      'error WATCH_LIST_NOT_SET: feed other has no offers_file in catalog-sync.yaml\n',
    ],
    [
      2,
      'list --feed none',
      one,
      "option '--feed' is wrong: catalog-sync.yaml has no feed none; its feeds are",
    ],
    [
      ...([4, 'list', one.replace(', offers_file: watch.csv', '')] as const),
      'error WATCH_LIST_NOT_SET: no feed has an offers_file in catalog-sync.yaml: add `offers_file: watch.csv` to one\n',
    ],
  ])('gives %i where it is not clear by %s', async (code, line, syncFile, said) => {
    const { exitCode, err } = await open('', syncFile).run(line);
    expect(exitCode).toBe(code);
    expect(err).toContain(said);
    // No line is named that could be corrected.
    expect(err).not.toContain('the named lines');
  });
});

describe('the file', () => {
  it('keeps who may read it', async () => {
    const { run, file } = open('7\n');
    chmodSync(file, 0o640);
    await run('add 8');
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  /** Begins with a draft of time 0; the clock stands, and does something when it is read. */
  async function addBeside(nowMs: number, onRead: (reads: number, at: ReturnType<typeof open>) => void) {
    const at = open('7\n');
    writeFileSync(at.draft, 'half');
    utimesSync(at.draft, new Date(0), new Date(0));
    let reads = 0;
    const said = await at.run('add 8', () => {
      if (existsSync(at.draft)) onRead((reads += 1), at);
      return new Date(nowMs);
    });
    return { ...at, ...said, reads };
  }

  it('is waited for while another process writes it, for ten seconds', async () => {
    const { read, reads } = await addBeside(10_000, (count, { draft }) => count === 3 && rmSync(draft));
    expect([reads, read()]).toEqual([3, '7\n8\n']);
  });

  it('is taken over after that', async () => {
    const { read, reads } = await addBeside(10_001, () => undefined);
    expect([reads, read()]).toEqual([2, '7\n8\n']);
  });

  it('that is gone by then is an error, and no draft is left', async () => {
    const { exitCode, err, draft, file } = await addBeside(10_000, (_, at) => {
      rmSync(at.file);
      rmSync(at.draft);
    });
    expect(exitCode).toBe(4);
    expect(err).toContain('WATCH_LIST_UNREADABLE');
    expect([draft, file].map((path) => existsSync(path))).toEqual([false, false]);
  });

  it('that is not there is made by adding only', async () => {
    const { run, read } = open(null);
    expect(await run('remove 7')).toMatchObject({ exitCode: 4 });
    expect(await run('list')).toMatchObject({ exitCode: 4 });
    expect(await run('add 7')).toMatchObject({ exitCode: 0 });
    expect(read()).toBe('7\n');
  });
});
