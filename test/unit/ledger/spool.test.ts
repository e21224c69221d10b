import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { writeSpoolFile, type PaidAnswer } from '../../../src/ledger/spool-file.ts';
import { openSpool } from '../../../src/ledger/spool.ts';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'catalog-sync-spool-'));
  folder = join(root, 'spool');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function open() {
  const lines: { msg: string; files?: number }[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as { msg: string }) };
  return { spool: openSpool(folder, createLogger({ level: 'warn', pretty: false, stream })), lines };
}

const answerOf = (callId: string, body: Buffer | null = Buffer.from('{"价格": 1.50 }')): PaidAnswer => ({
  ...{ callId, observedAt: new Date('2026-11-25T04:00:00.123Z'), state: 'committed', outcome: 'ok', body },
  ...{ gatewayCode: null, httpStatus: 200, latencyMs: 12.4, responseBytes: 17, shows: 'allowed' },
});

async function takeAll(take: 'settled' | 'foreign' = 'settled') {
  const { spool, lines } = open();
  const taken: PaidAnswer[] = [];
  const settled = await spool.empty(async (answer) => {
    taken.push(answer);
    return take;
  });
  return { taken, settled, lines };
}

test('the next process gets what was kept, byte by byte, the oldest call first, and once', async () => {
  const { spool } = open();
  const random = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256));
  const older = { ...answerOf('12', random), observedAt: new Date('2026-11-25T03:00:00Z') };
  const refusal = { outcome: 'gateway_error', gatewayCode: 'gw.X', shows: 'refused' } as const;
  const refused = { ...answerOf('11', null), ...refusal };
  for (const answer of [answerOf('10'), older, refused]) expect(spool.keep(answer)).toBe(true);
  expect(await takeAll()).toEqual({ taken: [older, answerOf('10'), refused], settled: 3, lines: [] });
  expect(await takeAll()).toEqual({ taken: [], settled: 0, lines: [] });
});

test('files and folder are for their owner only', () => {
  open().spool.keep(answerOf('1'));
  const [name = ''] = readdirSync(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
});

test('an answer that is kept twice is one file, and is gone when it is settled after all', () => {
  const { spool } = open();
  spool.keep(answerOf('1'));
  spool.keep(answerOf('1'));
  expect(readdirSync(folder)).toHaveLength(1);
  spool.drop(answerOf('1'));
  expect(readdirSync(folder)).toEqual([]);
});

test('a spool that is full takes nothing more', () => {
  mkdirSync(folder);
  const large = join(folder, '1-1.answer');
  writeFileSync(large, '');
  const rest = 64 * 1024 * 1024 - writeSpoolFile(answerOf('2')).length;
  truncateSync(large, rest + 1);
  const { spool, lines } = open();
  expect(spool.keep(answerOf('2'))).toBe(false);
  expect(lines).toMatchObject([{ msg: 'paid answer not kept' }]);
  expect(readdirSync(folder)).toEqual(['1-1.answer']);
  truncateSync(large, rest);
  expect(spool.keep(answerOf('2'))).toBe(true);
  expect(spool.keep(answerOf('3'))).toBe(false);
});

test('where nothing can be written, nothing is kept, and nothing fails', async () => {
  writeFileSync(folder, 'a file in its place');
  expect(open().spool.keep(answerOf('1'))).toBe(false);
  expect(await takeAll()).toEqual({ taken: [], settled: 0, lines: [] });
});

test.each([
  ['was cut short', (text: string) => text.slice(0, -20)],
  ['has a byte changed', (text: string) => text.replace('"callId":"1"', '"callId":"2"')],
  ['is empty', () => ''],
  ['is of something else', () => 'hello\n'],
])('a file that %s is set aside, with one warning', async (_, damage) => {
  open().spool.keep(answerOf('1'));
  open().spool.keep(answerOf('7'));
  const [name = ''] = readdirSync(folder);
  writeFileSync(join(folder, name), damage(readFileSync(join(folder, name), 'utf8')));
  const { taken, lines } = await takeAll();
  expect(taken).toEqual([answerOf('7')]);
  expect(lines).toMatchObject([{ files: 1, folder: join(folder, 'set-aside') }]);
  expect(readdirSync(join(folder, 'set-aside'))).toEqual([name]);
  expect((await takeAll()).lines).toEqual([]);
});

test('a file with the name of another call is set aside', async () => {
  open().spool.keep(answerOf('1'));
  const [name = ''] = readdirSync(folder);
  renameSync(join(folder, name), join(folder, name.replace('-1.', '-2.')));
  expect(await takeAll()).toMatchObject({ taken: [], settled: 0, lines: [{ files: 1 }] });
});

test('a file that another process has settled meanwhile is no damage', async () => {
  const { spool, lines } = open();
  spool.keep(answerOf('1'));
  const settled = await spool.empty(async () => {
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    return 'foreign';
  });
  expect([settled, lines, readdirSync(folder)]).toEqual([0, [], []]);
});

test('an answer of another database is set aside, and comes back when it is moved back', async () => {
  open().spool.keep(answerOf('1'));
  expect(await takeAll('foreign')).toMatchObject({ settled: 0, lines: [{ files: 1 }] });
  expect(readdirSync(folder)).toEqual(['set-aside']);
});

test('an answer stays while the database is away', async () => {
  open().spool.keep(answerOf('1'));
  const away = new Error('the database is away');
  await expect(open().spool.empty(() => Promise.reject(away))).rejects.toBe(away);
  expect((await takeAll()).settled).toBe(1);
});
