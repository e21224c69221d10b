// `npm run fixtures:release`: at a release, makes what later ones are tested against (docs/upgrade.md).
//   test/fixtures/first-release.sql.gz   the dump of a database that this version filled; only before the first release,
//                                        or with --first: it never changes afterwards
//   test/fixtures/previous-release.tgz   this version as `npm run build` makes it, with its migrations
// Needs pg_dump on PATH or in Debian's folder. Takes about a minute.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildProgram } from '../bench/chaos/build-program.ts';
import { openStack, type Stack } from '../bench/support/stack.ts';
import { totalHours } from '../src/ledger/total-hours.ts';
import { findPostgresPrograms } from '../test/support/postgres-programs.ts';

const root = join(import.meta.dirname, '..');
const firstRelease = join(root, 'test/fixtures/first-release.sql.gz');
const previousRelease = join(root, 'test/fixtures/previous-release.tgz');

const syncFile = `
account: business
freshness: { category: 300d, search: 12h, detail: 1d }
feeds:
  - { name: all, categories: ["0"] }
quotas:
  per_second: 1000
  approved:
    category.children: { daily: 1000000 }
    search.keyword: { daily: 1000000 }
    offer.detail: { daily: 1000000 }
`;

/** Two days of syncs, of a world whose answers drift from their documentation. */
async function sync(stack: Stack): Promise<void> {
  for (let day = 0; day < 2; day += 1) {
    if (day > 0) await stack.advanceDays(1);
    const run = await stack.sync();
    if (run.status !== 'succeeded')
      throw new Error(`run ${run.runId} ended ${run.status}: ${String(run.cause)}`);
  }
  await stack.advanceDays(1);
  await totalHours(stack.pool);
}

/** Rows of tables that a sync leaves empty. */
async function addRest(stack: Stack): Promise<void> {
  const statements = readFileSync(join(import.meta.dirname, 'release-rows.sql'), 'utf8');
  await stack.query(statements);
}

/** What pg_dump wrote, without what only psql or a newer server understands. */
function dump(url: string): string {
  const programs = findPostgresPrograms(process.env['PATH'] ?? '');
  if (programs === null) throw new Error('there is no pg_dump; Debian has it in postgresql-client');
  const text = execFileSync(
    join(programs.folder, 'pg_dump'),
    ['--inserts', '--rows-per-insert=200', '--no-owner', url],
    { encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  return text.replaceAll(/^(\\(un)?restrict .*|SET transaction_timeout = .*)\n/gm, '');
}

async function makeFirstRelease(): Promise<void> {
  // The oldest server, so that every one can take the dump.
  const stack = await openStack({
    ...{ backend: 'postgres', offers: 100, categories: 20, isDrifting: true, syncFile },
    postgresVersion: 15,
  });
  try {
    await sync(stack);
    await addRest(stack);
    writeFileSync(firstRelease, gzipSync(dump(stack.databaseUrl), { level: 9 }));
  } finally {
    await stack.close();
  }
}

function makePreviousRelease(): void {
  const folder = mkdtempSync(join(tmpdir(), 'release-'));
  try {
    buildProgram(folder);
    const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
    const parts = ['bin', 'dist', 'migrations', 'package.json'];
    const tar = execFileSync('tar', ['-C', folder, ...same, '-cf', '-', ...parts], { maxBuffer: 2 ** 28 });
    writeFileSync(previousRelease, gzipSync(tar, { level: 9 }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

makePreviousRelease();
if (process.argv.includes('--first') || !existsSync(firstRelease)) await makeFirstRelease();
