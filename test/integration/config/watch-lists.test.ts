import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { openWatchLists } from '../../../src/config/watch-lists.ts';
import { createLogger } from '../../../src/core/log.ts';
import { createProject } from '../../support/in-process.ts';

/** A project with a watch list, and a feed of keywords beside it. */
function open(text: string, feed = '{ name: watched, offers: ["1", "7"], offers_file: watch.csv }') {
  const syncFile = `account: business\nfeeds:\n  - ${feed}\n  - { name: words, keywords: [cup] }\n`;
  const folder = createProject({ 'watch.csv': text });
  const { feeds } = parseSyncFile(syncFile, 'test');
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
  const log = createLogger({ level: 'info', pretty: false, stream });
  const start = () => openWatchLists(folder, feeds, log);
  return { feeds, lines, file: join(folder, 'watch.csv'), start };
}

const mb8 = '7'.padEnd(8_000_000, '\n');

describe('the offers of a file', () => {
  it('follow those of the feed, once each, and other feeds have none', async () => {
    const { feeds, lines, start } = open('7\n8\n8\n');
    const addTo = await start();
    expect((await addTo(feeds)).map(({ name, offers }) => ({ name, offers }))).toEqual([
      { name: 'watched', offers: ['1', '7', '8'] },
      { name: 'words', offers: [] },
    ]);
    expect(lines).toMatchObject([{ msg: 'watch list read', feed: 'watched', file: 'watch.csv', offers: 2 }]);
  });

  it('are read again when only the time or only the size of the file is another, and else not', async () => {
    const { feeds, lines, file, start } = open('7\n');
    const write = (offers: string, seconds: number) => {
      writeFileSync(file, offers);
      utimesSync(file, seconds, seconds);
    };
    write('7\n', 1);
    const addTo = await start();
    const offers = async () => (await addTo(feeds))[0]?.offers;
    write('8\n', 1);
    expect(await offers()).toEqual(['1', '7']);
    write('8\n', 2);
    expect(await offers()).toEqual(['1', '7', '8']);
    write('8\n9\n', 2);
    expect(await offers()).toEqual(['1', '7', '8', '9']);
    expect(lines.filter(({ msg }) => msg === 'watch list read')).toHaveLength(3);
  });

  it('are those of 8 MB at most', async () => {
    expect(await open(mb8).start()).toBeTypeOf('function');
    await expect(open(`${mb8}\n`).start()).rejects.toMatchObject({
      code: 'WATCH_LIST_UNREADABLE',
      message: 'offers_file watch.csv of feed watched has more than 8 MB',
    });
  });

  it.each([
    ['that is not there', 'no.csv', /^offers_file no\.csv of feed watched can't be read: /],
    [
      'outside of the project',
      '../../../../../../etc/hostname',
      /^offers_file .* of feed watched (is outside of the project folder and was not read|can't be read)/,
    ],
  ])('are refused in a file %s', async (_, path, message) => {
    const { start } = open('7\n', `{ name: watched, offers_file: ${path} }`);
    await expect(start()).rejects.toMatchObject({
      code: 'WATCH_LIST_UNREADABLE',
      message: expect.stringMatching(message) as string,
    });
  });

  it('are at most max_offers with those of the feed', async () => {
    const limited = '{ name: watched, offers: ["1"], offers_file: watch.csv, max_offers: 3 }';
    expect(await open('7\n8\n', limited).start()).toBeTypeOf('function');
    await expect(open('7\n8\n9\n', limited).start()).rejects.toMatchObject({
      code: 'WATCH_LIST_TOO_LONG',
      message: 'max_offers of feed watched is 3, and with watch.csv it lists 4: increase it, or leave it out',
    });
  });

  it('are said to be fewer than the lines, the first ten of which are named', async () => {
    const { lines, start } = open(`7\n${'none\n'.repeat(11)}`);
    await start();
    expect(lines).toMatchObject([
      { msg: 'lines of the watch list name no offer and were skipped', offers: 1, badLines: 11 },
    ]);
    expect(lines[0]?.['first']).toHaveLength(10);
  });
});
