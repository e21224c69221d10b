import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { createLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { claimDatabase } from '../../../src/runs/claim-database.ts';
import { createTokenStore } from '../../../src/tokens/token-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createWorld } from '../../support/in-process.ts';

const [key, next] = ['ab'.repeat(32), 'ef'.repeat(32)];
const appKey = '1234567';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.pool.query('TRUNCATE sync.token');
  await createTokenStore({
    ...{ pool: db.pool, key: new Secret(key), log: createLogger({ level: 'silent', pretty: false }) },
  }).write(appKey, {
    ...{ accessToken: new Secret('a'), accessExpiresAt: new Date('2100-01-01T00:00:00Z') },
    ...{ refreshToken: new Secret('r'), refreshExpiresAt: new Date('2100-06-01T00:00:00Z') },
  });
});

async function run(line: string, env: Record<string, string | undefined> = {}, typed?: string) {
  const settings = { DATABASE_URL: db.url, ALIBABA_APP_KEY: appKey, ALIBABA_APP_SECRET: 's', TOKEN_KEY: key };
  const { context, stdout, stderr } = createWorld({
    env: { ...settings, ...env },
    ...(typed === undefined ? {} : { typed }),
  });
  const exitCode = await runCli(['auth', ...line.split(' ')], context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

const nothing = 'Nothing was changed. Add --yes to skip the question.\n';

it('status has what is stored, and what keeps it from being used', async () => {
  const { exitCode, out } = await run('status');
  expect(exitCode).toBe(0);
  expect(out.replace(/stored {9}\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)? \(Shanghai\)/, 'stored')).toBe(
    `app key        1234567
token          tokens of a login, encrypted in the database
stored
access token   good until 2100-01-01 08:00 (Shanghai)
refresh token  good until 2100-06-01 08:00 (Shanghai)
`,
  );
  const report = async (env: Record<string, string | undefined>) => {
    const { exitCode: code, out: json } = await run('status --json', env);
    const { kind, isUsable, warnings } = JSON.parse(json) as Record<string, unknown>;
    return [code, kind, isUsable, warnings];
  };
  expect(await report({})).toEqual([0, 'stored', true, []]);
  expect(await report({ TOKEN_KEY: undefined })).toEqual([
    ...[4, 'stored', false],
    ['TOKEN_KEY is not set, so the stored tokens cannot be decrypted'],
  ]);
  expect(await report({ TOKEN_KEY: next })).toEqual([
    ...[4, 'stored', false],
    [expect.stringMatching(/^TOKEN_KEY_MISMATCH: ./)],
  ]);
  expect((await report({ ALIBABA_APP_KEY: '7' })).slice(0, 3)).toEqual([4, 'none', false]);
  expect((await report({ ALIBABA_APP_KEY: undefined })).slice(0, 3)).toEqual([4, 'none', false]);
  expect((await report({ DATABASE_URL: undefined })).slice(0, 3)).toEqual([4, 'none', false]);
});

it('rotate-key says what is under the new key, and what to do next', async () => {
  const after = 'Next: set it as TOKEN_KEY of every process, and restart the running ones.\n';
  const rotate = (flags = '') => run(`rotate-key${flags}`, { NEW_TOKEN_KEY: next });
  expect(await rotate()).toEqual({
    ...{ exitCode: 0, out: 'encrypted with the new key: 1 now, 0 before\n', err: after },
  });
  expect(await rotate(' --json')).toEqual({ exitCode: 0, out: '{"rotated":0,"already":1}\n', err: after });
  expect(await run('rotate-key')).toMatchObject({ exitCode: 4, out: '' });
  expect(await run('rotate-key', { TOKEN_KEY: undefined, NEW_TOKEN_KEY: next })).toMatchObject({
    ...{
      exitCode: 4,
      err: expect.stringContaining('error TOKEN_KEY_MISSING: TOKEN_KEY is not set') as string,
    },
  });
});

it('revoke says what it deleted, and that 1688 still knows it', async () => {
  expect(await run('revoke')).toEqual({ exitCode: 1, out: '', err: nothing });
  const asked = await run('revoke', {}, 'n\n');
  expect(asked.err).toBe(
    `Delete the stored tokens of app 1234567? To get new ones, you must log in again. [y/N] ${nothing}`,
  );
  const after = /^They stay valid at 1688 until the owner .*\n$/;
  const done = await run('revoke --yes');
  expect(done).toMatchObject({ exitCode: 0, out: 'the stored tokens of app 1234567 were deleted\n' });
  expect(done.err).toMatch(after);
  expect((await run('revoke --yes')).out).toBe('app 1234567 has no stored tokens\n');
  expect((await run('revoke --yes --json')).out).toBe('{"appKey":"1234567","forgotten":false}\n');
});

it('adopt says which app it was, and what to check', async () => {
  const kept = 'nothing was changed: the database is one of this app, or holds no live data\n';
  expect(await run('adopt')).toEqual({ exitCode: 1, out: '', err: nothing });
  expect(await run('adopt --yes')).toEqual({ exitCode: 0, out: kept, err: '' });
  await claimDatabase(db.pool, { source: 'live', appKey: '1000001' });
  const { out, err } = await run('adopt --yes');
  expect(out).toMatch(/^app [0-9a-f]{16} replaces [0-9a-f]{16}\n$/);
  expect(err).toMatch(/^Quota, holds and permissions are of each app: check `catalog-sync quota` /);
  expect(JSON.parse((await run('adopt --yes --json')).out)).toEqual({ isAdopted: false, outcome: null });
  const back = await run('adopt --yes --json', { ALIBABA_APP_KEY: '1000001' });
  expect(JSON.parse(back.out)).toEqual({ isAdopted: true, outcome: expect.any(String) as string });
});
