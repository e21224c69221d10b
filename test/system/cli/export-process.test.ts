import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { builtProgram } from '../../support/built-program.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createReaderLogin, type ReaderLogin } from '../../support/reader-login.ts';
import { until } from '../../support/until.ts';
import { createProject } from '../../support/in-process.ts';
import { readParquet } from '../../support/read-parquet.ts';

const bin = await builtProgram();
/** Far more than fits into pipes and buffers. */
const many = "SELECT g AS id, repeat('x', 200) AS text FROM generate_series(1, 60000) g";
/** Never comes to its end. */
const endless =
  "SELECT g AS id, pg_sleep(0.001)::text AS text, repeat('x', 2000) AS more FROM generate_series(1, 10000000) g";

let database: TestDatabase;
let reader: ReaderLogin;
const project = createProject();
beforeAll(async () => {
  database = await createTestDatabase();
  reader = await createReaderLogin(database);
});
afterAll(async () => {
  await reader.drop();
  await database.drop();
});

const parts = () => readdirSync(project).filter((name) => name.endsWith('.part'));

/** A line for a shell, in which `$export` is the command. */
function start(line: string) {
  const child = spawn('sh', ['-c', line], {
    cwd: project,
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: database.url,
      DATABASE_READ_URL: reader.url,
      export: `${process.execPath} ${bin} export`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.err += text));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  return { child, output, ended };
}

test('Parquet goes through a pipe', async () => {
  const { ended, output } = start(
    `$export --query "SELECT 7 AS seven" --format parquet | cat > piped.parquet`,
  );
  expect(await ended).toBe(0);
  expect(output.err).toMatch(/^1 row, \d+\.\d kB, as of \d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? \(Shanghai\)\n$/);
  expect((await readParquet(join(project, 'piped.parquet'))).rows).toEqual([['7']]);
});

test.each(['csv', 'parquet'])('a reader that leaves ends an export of %s quietly', async (format) => {
  const { ended, output } = start(`$export --query "${many}" --format ${format} | head -c 10 > /dev/null`);
  expect(await ended).toBe(0);
  expect(output.err).toBe('');
});

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'an export that %s ends leaves no file of its name',
  async (signal) => {
    writeFileSync(join(project, 'kept.csv'), 'mine');
    const { child, ended } = start(`exec $export --query "${endless}" --out kept.csv --force`);
    await until(() => parts().some((name) => readFileSync(join(project, name)).length > 0));
    child.kill(signal);
    expect(await ended).toBe(signal === 'SIGTERM' ? 1 : 'SIGKILL');
    expect(readFileSync(join(project, 'kept.csv'), 'utf8')).toBe('mine');
    expect(parts()).toHaveLength(signal === 'SIGTERM' ? 0 : 1);
  },
);

test('a file that cannot grow any more is an error that says so, and leaves nothing', async () => {
  const before = parts();
  const { ended, output } = start(`trap '' XFSZ; ulimit -f 100; $export --query "${many}" --out full.csv`);
  expect(await ended).toBe(1);
  expect(output.err).toMatch(
    /^error EXPORT_NOT_WRITTEN: .*full\.csv was not written: the file is larger than the limit of the system\nwhat to do: /,
  );
  expect(parts()).toEqual(before);
  expect(readdirSync(project)).not.toContain('full.csv');
});
