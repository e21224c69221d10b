import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { openTestStack, type TestStack } from '../../support/stack.ts';
import { codeBlocks, listDocuments, root } from '../../support/doc-files.ts';
import { shellWords } from '../../support/known-commands.ts';

/*
 * Every command of the documents is run: here, one after another in a project whose catalog is there, or by the test that
 * its line in this list names.
 */
const elsewhere: readonly (readonly [RegExp, string])[] = [
  [/^npm ci$/, 'CI begins with it, and test/system/deploy/build.test.ts installs'],
  [/^npm test$/, 'it runs this test'],
  [/^npm run check$/, 'CI is it: test/system/deploy/ci-run.test.ts'],
  [/^npm run demo$/, 'test/system/cli/demo.test.ts'],
  [/^npm run dev$/, 'test/system/cli/serve-sandbox.test.ts'],
  [/^catalog-sync init\b/, 'test/unit/cli/init.test.ts and test/system/docs/go-live.test.ts'],
  [/^npm run chaos -- /, 'minutes long; in small: test/system/chaos/chaos.test.ts'],
  [/^npm run mutants -- /, 'an hour long; in small: test/system/mutants/mutants.test.ts'],
  [/^docker compose /, 'test/unit/deploy/compose.test.ts and the two beside it'],
  [/^curl /, 'test/integration/docs/sandbox.test.ts'],
  [/^(pg_dump|pg_restore|createdb|dropdb|tar|rm) /, 'test/system/deploy/backup.test.ts'],
  [/^psql --dbname=/, 'test/system/deploy/backup.test.ts'],
  [/^psql --no-psqlrc --file=deploy\/grafana\/make-reader\.sql /, 'test/integration/deploy/grafana.test.ts'],
  [/^(install|systemd|openssl|systemctl)\b/, 'test/system/deploy/systemd.test.ts'],
  [/^catalog-sync sync --project \/srv\/app-/, 'test/system/docs/several-apps.test.ts'],
  [/^catalog-sync web\b/, 'test/system/deploy/compose-program.test.ts'],
  [/^catalog-sync serve\b/, 'test/integration/cli/schedule.test.ts'],
  [
    /^catalog-sync worker\b/,
    'test/system/deploy/compose-program.test.ts and test/integration/cli/schedule.test.ts',
  ],
  [/^catalog-sync sandbox\b/, 'test/system/cli/process.test.ts and test/integration/docs/sandbox.test.ts'],
  [/^(NEW_TOKEN_KEY_FILE=\S+ )?catalog-sync auth\b/, 'test/integration/cli/auth.test.ts'],
  [/^catalog-sync notify\b/, 'test/integration/cli/notify.test.ts'],
];

/** As people type it where the program is installed. */
const plain = (command: string): string => command.trim().replace('node bin/catalog-sync.js', 'catalog-sync');

const commands = listDocuments()
  .flatMap(codeBlocks)
  .filter(({ language }) => language === 'sh')
  .flatMap(({ file, text }) =>
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .flatMap((line) => line.split(' && ').map((part) => ({ file, command: plain(part) }))),
  );
const isElsewhere = (command: string) => elsewhere.some(([pattern]) => pattern.test(command));
const here = commands.filter(({ command }) => !isElsewhere(command));

const syncFile = `
account: personal
feeds:
  - { name: all, categories: ['0'] }
  - { name: bags, keywords: ['包'] }
quotas: { per_second: 1000 }
trackers: [{ name: cheap-bags, feed: bags, price_below_cny: 20 }]
`;

test('each command is run here or elsewhere, and no line of the list is for nothing', () => {
  expect(here.filter(({ command }) => !command.startsWith('catalog-sync '))).toEqual([]);
  const idle = elsewhere.filter(([pattern]) => !commands.some(({ command }) => pattern.test(command)));
  expect(idle.map(([pattern]) => pattern.source)).toEqual([]);
  const tests = elsewhere.flatMap(([, reason]) => reason.match(/test\/[\w/-]+(\.test\.ts)?/g) ?? []);
  expect(tests.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

describe('in a project with a catalog', () => {
  let stack: TestStack;
  let cwd: string;
  let known: Readonly<Record<string, string>>;
  beforeAll(async () => {
    stack = await openTestStack({
      backend: 'postgres',
      sync: parseSyncFile(syncFile, 'catalog-sync.yaml'),
      sandbox: { faults: [{ kind: 'absurd_prices', count: 9 }] },
    });
    await stack.run();
    await stack.query(
      `INSERT INTO sync.quarantine (quarantine_id, raw_id, call_id, operation, path, reason, observed_at)
       OVERRIDING SYSTEM VALUE
       SELECT 3, max(raw_id), max(call_id), 'offer.detail', 'x', 'missing', usage.ledger_now() FROM raw.payload
       ON CONFLICT DO NOTHING`,
    );
    const [row] = await stack.query<{ offer: string; seller: string }>(
      'SELECT offer_id::text AS offer, seller_id AS seller FROM catalog.offer WHERE seller_id IS NOT NULL LIMIT 1',
    );
    // What stands in the documents is of somebody else's catalog.
    known = { '610947572360': row?.offer ?? '', BBBR4zKk5sJ2: row?.seller ?? '' };
    const watching = syncFile.replace("['包'] }", "['包'], offers_file: watch.csv }");
    cwd = createProject({ 'catalog-sync.yaml': watching, 'watch.csv': '' });
  });
  afterAll(() => stack.close());

  test.each(here)('$command ($file)', async ({ command }) => {
    const words = shellWords(command)
      .slice(1)
      .map((word) => known[word] ?? word);
    const at = words.findIndex((word) => /^[|>]$/.test(word));
    const { context, stdout, stderr } = createWorld({ cwd, env: stack.env });
    const exitCode = await runCli(at === -1 ? words : words.slice(0, at), context);
    if (words[at] === '>') writeFileSync(join(cwd, words[at + 1] ?? 'out'), stdout.text);
    expect(exitCode, stderr.text).toBe(0);
  });
});
