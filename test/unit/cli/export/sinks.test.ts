import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createExportProgress, formatAmount } from '../../../../src/cli/export/export-progress.ts';
import { createFileSink } from '../../../../src/cli/export/file-sink.ts';
import { createFolderSink } from '../../../../src/cli/export/folder-sink.ts';
import { parseSince } from '../../../../src/cli/export/parse-since.ts';
import { createProject, createWorld } from '../../../support/in-process.ts';

describe('a file', () => {
  it('has its name when it is complete, and nothing is left beside it', async () => {
    const dir = createProject();
    const file = join(dir, 'a.csv');
    const sink = await createFileSink(file, false);
    expect(await sink.write(Buffer.from('1,'))).toBe(true);
    await sink.write(Buffer.from('2'));
    expect(readdirSync(dir)).toEqual([expect.stringMatching(/^\.a\.csv\.[\da-f]{8}\.part$/)]);
    await sink.finish();
    await sink.abandon();
    expect([readdirSync(dir), readFileSync(file, 'utf8')]).toEqual([['a.csv'], '1,2']);
  });

  it('that is abandoned leaves nothing', async () => {
    const dir = createProject();
    const sink = await createFileSink(join(dir, 'a.csv'), false);
    await sink.abandon();
    await sink.abandon();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('is replaced by force only, also where it came meanwhile', async () => {
    const dir = createProject({ 'a.csv': 'old' });
    const file = join(dir, 'a.csv');
    await expect(createFileSink(file, false)).rejects.toMatchObject({ code: 'EXPORT_FILE_EXISTS' });
    const late = join(dir, 'late.csv');
    const sink = await createFileSink(late, false);
    writeFileSync(late, 'theirs');
    await expect(sink.finish()).rejects.toThrow(`${late} exists`);
    await sink.abandon();
    const forced = await createFileSink(file, true);
    await forced.finish();
    expect(readFileSync(file, 'utf8')).toBe('');
    expect(readdirSync(dir).toSorted()).toEqual(['a.csv', 'late.csv']);
  });

  it('behind a link is the file that the link names', async () => {
    const dir = createProject({ 'real.csv': 'old' });
    symlinkSync('real.csv', join(dir, 'link.csv'));
    const sink = await createFileSink(join(dir, 'link.csv'), true);
    await sink.write(Buffer.from('new'));
    await sink.finish();
    expect(readFileSync(join(dir, 'real.csv'), 'utf8')).toBe('new');
  });

  it('where none can be says why', async () => {
    const dir = createProject({ 'a.csv': '' });
    mkdirSync(join(dir, 'folder'));
    for (const [name, why] of [
      ['none/a.csv', 'its folder does not exist'],
      ['a.csv/b.csv', 'its folder does not exist'],
      ['folder', 'something else has that name, which is not a file'],
      ['x'.repeat(300), 'ENAMETOOLONG'],
    ] as const)
      await expect(createFileSink(join(dir, name), true)).rejects.toThrow(why);
  });
});

describe('a folder', () => {
  it('has its name when it is complete, and is never replaced', async () => {
    const dir = createProject();
    const folder = join(dir, 'changes');
    const sink = await createFolderSink(folder);
    writeFileSync(join(sink.path, 'a'), '');
    expect(readdirSync(dir)).not.toContain('changes');
    await sink.finish();
    await sink.abandon();
    expect([readdirSync(dir), readdirSync(folder)]).toEqual([['changes'], ['a']]);
    // --force, which a folder cannot have, is for files only.
    await expect(createFolderSink(folder)).rejects.toMatchObject({
      code: 'EXPORT_FILE_EXISTS',
      kind: {
        remedy: expect.stringMatching(
          /^Choose another name for --out\. --force replaces a file, but no folder, /,
        ) as string,
      },
    });
    await expect(createFolderSink(join(dir, 'none', 'x'))).rejects.toThrow('its folder does not exist');
  });

  it('that came meanwhile is kept, and one that is abandoned is gone', async () => {
    const dir = createProject();
    const sink = await createFolderSink(join(dir, 'changes'));
    mkdirSync(join(dir, 'changes'));
    writeFileSync(join(dir, 'changes', 'theirs'), '');
    await expect(sink.finish()).rejects.toMatchObject({ code: 'EXPORT_FILE_EXISTS' });
    await sink.abandon();
    expect(existsSync(sink.path)).toBe(false);
    expect(readdirSync(dir)).toEqual(['changes']);
  });
});

it.each([
  [0, null, '0.0 kB'],
  [999_999, null, '1000.0 kB'],
  [1_000_000, 1, '1 row, 1.0 MB'],
  [84_100_000, 1_250_000, '1,250,000 rows, 84.1 MB'],
  [1500, 0, '0 rows, 1.5 kB'],
])('%i bytes and %s rows are %s', (bytes, rows, text) => {
  expect(formatAmount(bytes, rows)).toBe(text);
});

describe('progress', () => {
  function watch(isQuiet: boolean, isTty: boolean) {
    let nowMs = 0;
    const { context, stderr } = createWorld({ ...(isTty ? { typed: '' } : {}) });
    const clock = { ...context.clock, now: () => new Date(nowMs) };
    const progress = createExportProgress({ ...context, clock }, isQuiet);
    const at = (ms: number, bytes: number) => {
      nowMs = ms;
      progress.update(bytes, null);
    };
    return { at, done: () => progress.done(), text: () => stderr.text };
  }

  it('is a line every fifth of a second, which is taken away again', () => {
    const { at, done, text } = watch(false, true);
    at(199, 1000);
    at(200, 2000);
    at(399, 3000);
    at(400, 4000);
    done();
    expect(text()).toBe('\r2.0 kB so far\u001b[K\r4.0 kB so far\u001b[K\r\u001b[K');
  });

  it('is nothing where nothing was shown', () => {
    for (const [isQuiet, isTty, ms] of [
      ...[[true, true, 500] as const, [false, false, 500] as const],
      [false, true, 100] as const,
    ]) {
      const { at, done, text } = watch(isQuiet, isTty);
      at(ms, 1000);
      done();
      expect(text()).toBe('');
    }
  });
});

describe('--since', () => {
  it.each([
    ['7d', { agoMs: 604_800_000 }],
    ['2026-11-25', { at: new Date('2026-11-24T16:00:00Z') }],
    ['2026-11-25T09:30:00Z', { at: new Date('2026-11-25T09:30:00Z') }],
    ['2026-11-25 09:30:00.5+08:00', { at: new Date('2026-11-25T01:30:00.500Z') }],
  ])('%s', (text, since) => {
    expect(parseSince(text)).toEqual(since);
  });

  it.each(['2026-02-30', '2026-02-30T09:30:00Z', '2026-11-25T25:00:00Z', '2026-11-25T09:30:00', 'x'])(
    '%s is refused',
    (text) => {
      expect(() => parseSince(text)).toThrow('Give an instant with its zone');
    },
  );
});
