import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../../../src/core/errors.ts';
import { createLogger } from '../../../../src/core/log.ts';
import { Secret } from '../../../../src/core/secret.ts';
import { databaseErrors } from '../../../../src/db/errors.ts';
import { openOutageFile } from '../../../../src/health/notifications/outage-file.ts';
import { createOutageNotifier } from '../../../../src/health/notifications/outage-notifier.ts';
import { createNotifier } from '../../../../src/health/webhook/create-notifier.ts';
import { findScratchFolder } from '../../../support/scratch-folder.ts';
import { startReceiver, type GenericMessage, type Receiver } from '../../../support/receiver.ts';

let receiver: Receiver;
let [folder, file] = ['', ''];
let nowMs = 0;
const clock = { now: () => new Date(nowMs) };
const { signal } = new AbortController();
const gone = new AppError(databaseErrors.DATABASE_UNREACHABLE, 'gone');

beforeEach(async () => {
  receiver = await startReceiver('generic');
  folder = mkdtempSync(join(findScratchFolder(), 'outage-'));
  file = join(folder, 'state', 'outage.json');
  nowMs = Date.parse('2026-11-26T04:00:00Z');
});
afterEach(() => receiver.close());

const log = createLogger({ level: 'silent', pretty: false });

/** As a process does when it starts. */
const open = () =>
  createOutageNotifier({
    file: openOutageFile(file, log),
    notifier: createNotifier({
      ...{ url: new Secret(receiver.url), format: 'generic', dingTalkSecret: null, siteUrl: null, clock },
    }),
    ...{ source: 'live', clock, log },
  });

/** It fails so many seconds after the last time. */
const failAfter = async (outages: ReturnType<typeof open>, seconds: number, isLast = false) => {
  nowMs += seconds * 1000;
  await outages.failed(gone, isLast, signal);
};

test('an outage of the database is sent once, after 15 seconds, with its end', async () => {
  const outages = open();
  await failAfter(outages, 0);
  await failAfter(outages, 14);
  expect(receiver.taken).toEqual([]);
  await failAfter(outages, 1);
  await failAfter(outages, 3600);
  await outages.answered(signal);
  await outages.answered(signal);
  expect(receiver.phases).toEqual([
    'begun database:DATABASE_UNREACHABLE',
    'over database:DATABASE_UNREACHABLE',
  ]);
  const [message] = receiver.taken as GenericMessage[];
  expect(message?.items).toMatchObject([
    {
      ...{ issue: 'database', origin: 'operator', code: 'DATABASE_UNREACHABLE', heals_itself: true },
      since: '2026-11-26T04:00:00.000Z',
      remedy: gone.kind.remedy,
    },
  ]);
  await failAfter(outages, 0);
  await failAfter(outages, 15);
  expect(receiver.taken).toHaveLength(3);
});

test('a restart is not sent, nor is what is no outage; a process that ends says it at once', async () => {
  const outages = open();
  await failAfter(outages, 0);
  nowMs += 10_000;
  await outages.answered(signal);
  await failAfter(outages, 10);
  expect(receiver.taken).toEqual([]);
  await outages.answered(signal);
  await outages.failed(new AppError(databaseErrors.DATABASE_REJECTED, 'a bug'), true, signal);
  expect(receiver.taken).toEqual([]);
  await failAfter(outages, 0, true);
  expect(receiver.phases).toEqual(['happened database:DATABASE_UNREACHABLE']);
});

test('a receiver that does not answer is asked again', async () => {
  const outages = open();
  receiver.setTrouble((response) => response.writeHead(503).end());
  await failAfter(outages, 0);
  await failAfter(outages, 20);
  receiver.setTrouble(null);
  await failAfter(outages, 20);
  await failAfter(outages, 20);
  expect(receiver.phases).toEqual(['begun database:DATABASE_UNREACHABLE']);
});

test('the end of an outage that a process did not outlast is sent by the next one, once', async () => {
  const first = open();
  await failAfter(first, 0);
  await failAfter(first, 15);
  const second = open();
  await failAfter(second, 3600);
  await failAfter(second, 15, true);
  expect(receiver.phases).toEqual(['begun database:DATABASE_UNREACHABLE']);
  receiver.setTrouble((response) => response.writeHead(503).end());
  await second.answered(signal);
  receiver.setTrouble(null);
  const third = open();
  await third.answered(signal);
  await open().answered(signal);
  expect(receiver.phases).toEqual([
    'begun database:DATABASE_UNREACHABLE',
    'over database:DATABASE_UNREACHABLE',
  ]);
  const [, over] = receiver.taken as GenericMessage[];
  expect(over?.items).toMatchObject([
    { code: 'DATABASE_UNREACHABLE', since: '2026-11-26T04:00:00.000Z', remedy: gone.kind.remedy },
  ]);
  expect(readdirSync(join(folder, 'state'))).toEqual([]);
});

test.each([
  ['a file that is none of ours', () => writeFileSync(file, '{"code":')],
  [
    'a code of another version',
    () => writeFileSync(file, '{"code":"NEW","since":"2026-11-26T04:00:00.000Z"}'),
  ],
])('%s is no outage', async (_name, write) => {
  file = join(folder, 'outage.json');
  write();
  await open().answered(signal);
  expect(receiver.taken).toEqual([]);
});

test('a folder that takes no file keeps nothing from being sent', async () => {
  writeFileSync(join(folder, 'state'), '');
  const outages = open();
  await failAfter(outages, 0);
  await failAfter(outages, 15);
  await outages.answered(signal);
  expect(receiver.phases).toHaveLength(2);
});
