import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtProgram } from './built-program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const frozen = join(root, 'test/fixtures/previous-release.tgz');

/**
 * Unpacks the previous release into a folder: what `npm run build` made of it, and its migrations. The packages that it
 * needs are today's. Gives the path of its program.
 */
export function unpackPreviousRelease(folder: string): string {
  mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['-xzf', frozen, '-C', folder]);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'bin/catalog-sync.js');
}

/** The folder of migrations, functions and views that the previous release has, unpacked below another one. */
export function unpackPreviousMigrations(folder: string): string {
  execFileSync('tar', ['-xzf', frozen, '-C', folder, 'migrations']);
  return join(folder, 'migrations');
}

/** The names of the migrations that the previous release has. */
export function listPreviousMigrations(): string[] {
  const journal = execFileSync('tar', ['-xzOf', frozen, 'migrations/meta/_journal.json'], {
    encoding: 'utf8',
  });
  return (JSON.parse(journal) as { entries: { tag: string }[] }).entries.map(({ tag }) => tag);
}

interface Journal {
  readonly entries: { readonly idx: number; readonly when: number; readonly tag: string }[];
}

/** What a release may do to tables that the one before works with: each of them gets a column, and there are new ones. */
const expansion = [
  'usage.api_call',
  'usage.quota_period',
  'raw.payload',
  'sync.run',
  'sync.refresh',
  'catalog.offer',
  'catalog.price',
]
  .map((table) => `ALTER TABLE ${table} ADD COLUMN of_the_next_release text;\n`)
  .join('--> statement-breakpoint\n')
  .concat('ALTER TABLE usage.api_call ADD COLUMN settled_by_next_body boolean;\n');

/** Replaces text in a file, each of which must be there once. */
function edit(file: string, ...changes: readonly (readonly [string, string])[]): void {
  let text = readFileSync(file, 'utf8');
  for (const [from, to] of changes) {
    if (text.split(from).length !== 2) throw new Error(`${file} does not have once: ${from}`);
    text = text.replace(from, () => to);
  }
  writeFileSync(file, text);
}

/**
 * What a release may do to functions that the one before calls: another body, which both run, and one more argument,
 * which only its own workers give (docs/upgrade.md). Both leave their mark on each call.
 */
function changeFunctions(folder: string): void {
  const file = (name: string) => join(folder, 'migrations/functions', name);
  edit(file('usage-settle.sql'), [
    'SET state = p_state,',
    'SET settled_by_next_body = true, state = p_state,',
  ]);
  const [, parameters = ''] =
    /FUNCTION usage\.reserve\(([^]*?)\) LANGUAGE/.exec(readFileSync(file('usage-reserve.sql'), 'utf8')) ?? [];
  edit(
    file('usage-reserve.sql'),
    ['p_token_hash bytea,\n  OUT', 'p_token_hash bytea, p_release text,\n  OUT'],
    ['quota_period_ids, send_at, send_by)\n', 'quota_period_ids, send_at, send_by, of_the_next_release)\n'],
    ['v_period_ids, v_send_at, v_send_by)', 'v_period_ids, v_send_at, v_send_by, p_release)'],
  );
  const names = [...parameters.matchAll(/\bp_\w+/g)].map(([name]) => name);
  writeFileSync(
    file('usage-reserve--previous.sql'),
    `CREATE OR REPLACE FUNCTION usage.reserve(${parameters}) LANGUAGE sql AS $$
       SELECT * FROM usage.reserve(${names.join()}, 'previous')
     $$;`,
  );
  edit(join(folder, 'dist/ledger/sql/reserve-call.sql'), ['$14::bytea)', "$14::bytea, 'next')"]);
}

/**
 * This version as it will be after one more migration, which adds what the versions before do not know, and after a
 * change of functions. Gives the path of its program.
 */
export async function buildNextRelease(folder: string): Promise<string> {
  const built = dirname(dirname(await builtProgram()));
  for (const name of ['bin', 'dist', 'migrations', 'package.json'])
    cpSync(join(built, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const file = join(folder, 'migrations/meta/_journal.json');
  const journal = JSON.parse(readFileSync(file, 'utf8')) as Journal;
  const last = journal.entries.at(-1);
  if (!last) throw new Error('there is no migration');
  const added = { ...last, idx: last.idx + 1, when: last.when + 1, tag: '9999_of_the_next_release' };
  writeFileSync(file, JSON.stringify({ ...journal, entries: [...journal.entries, added] }));
  writeFileSync(join(folder, 'migrations', `${added.tag}.sql`), expansion);
  changeFunctions(folder);
  return join(folder, 'bin/catalog-sync.js');
}
