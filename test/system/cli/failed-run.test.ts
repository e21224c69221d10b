import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { extractErrors } from '../../../src/extract/errors.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

const { remedy } = extractErrors.GATEWAY_SIGNATURE_REFUSED;
const syncFile = `
account: business
feeds: [{ name: all, categories: ['0'] }]
schedules: [{ name: nightly, cron: '0 3 * * *', feeds: [all], budget_calls: 2 }]
`;

let database: TestDatabase;
let sandbox: Awaited<ReturnType<typeof startTestSandbox>>;
beforeAll(async () => {
  [database, sandbox] = await Promise.all([createTestDatabase(), startTestSandbox()]);
});
afterAll(() => Promise.all([database.drop(), sandbox.close()]));

async function run(appSecret: string, ...words: string[]) {
  const env = {
    ALIBABA_API_URL: sandbox.url,
    ALIBABA_APP_KEY: sandbox.appKey,
    ALIBABA_APP_SECRET: appSecret,
    ALIBABA_ACCESS_TOKEN: sandbox.accessToken,
    DATABASE_URL: database.url,
  };
  const { context, stdout } = createWorld({ cwd: createProject({ 'catalog-sync.yaml': syncFile }), env });
  return { exitCode: await runCli(words, context), out: stdout.text };
}

test('below a run that ended by its budget nothing is to be done', async () => {
  const { exitCode, out } = await run(sandbox.appSecret, 'sync', '--budget', '2');
  expect(exitCode).toBe(0);
  expect(out).toContain('partial_quota (budget)');
  expect(out).not.toContain('what to do');
});

test.each([
  ['sync', ['sync', '--budget', '2']],
  ['schedule run', ['schedule', 'run', 'nightly']],
])('below a run of `%s` that failed stands what to do, for people alone', async (_name, words) => {
  const { exitCode, out } = await run('wrong', ...words);
  expect(exitCode).toBe(4);
  expect(out).toContain('failed (GATEWAY_SIGNATURE_REFUSED)');
  const said = out.replaceAll(/\s+/g, ' ');
  expect(said.endsWith(` what to do: ${remedy} Times are in Asia/Shanghai. `)).toBe(true);
  expect(said).toContain('Cause: your settings, servers or permissions, since 20');
  const asJson = await run('wrong', ...words, '--json');
  expect(JSON.parse(asJson.out)).toMatchObject({
    ...{ status: 'failed', cause: 'GATEWAY_SIGNATURE_REFUSED' },
    issues: [{ id: 'run', origin: 'operator', code: 'GATEWAY_SIGNATURE_REFUSED', remedy }],
  });
});

test('a run that failed says how many targets of its feeds wait for a later try', async () => {
  await database.pool.query(
    `INSERT INTO sync.category_visit (category_id, not_before, failed_tries, failure_code)
     SELECT id, now() + interval '1 hour', 1, 'GATEWAY_UNAVAILABLE' FROM generate_series(900000001, 900000002) id`,
  );
  await run('wrong', 'sync', '--budget', '2');
  const { rows } = await database.pool.query(
    `SELECT status, postponed, next_try_at IS NOT NULL AS "hasNextTry" FROM sync.run ORDER BY run_id DESC LIMIT 1`,
  );
  expect(rows).toEqual([{ status: 'failed', postponed: 2, hasNextTry: true }]);
});
