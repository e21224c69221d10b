import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../../../src/cli/main.ts';
import { readPseudonymKey } from '../../../../src/cli/record/pseudonyms.ts';
import { loadConfig } from '../../../../src/config/environment.ts';
import { requireEncryption } from '../../../../src/db/require-encryption.ts';
import { Secret } from '../../../../src/core/secret.ts';
import { checkEncryption } from '../../../../src/health/doctor/check-encryption.ts';
import { checkFeedFiles } from '../../../../src/health/doctor/check-feed-files.ts';
import { checkRedis } from '../../../../src/health/doctor/check-redis.ts';
import type { Check } from '../../../../src/health/doctor/check.ts';
import { checkSecretFiles } from '../../../../src/health/doctor/check-secret-files.ts';
import { runDoctor } from '../../../../src/health/doctor/run-doctor.ts';
import { createProject, createWorld } from '../../../support/in-process.ts';
import { startTestRedis } from '../../../support/redis.ts';
import { listBackends } from '../../../support/stack.ts';

const configOf = (env: Record<string, string>) =>
  loadConfig({ projectDir: '/nowhere', env, readFiles: false });

async function runIn(project: string, args: readonly string[], env: Record<string, string> = {}) {
  const { context, stderr } = createWorld({ cwd: project, env });
  return { exitCode: await runCli([...args], context), err: stderr.text };
}

describe('files with secrets', () => {
  test('that others can read are named, with the command that closes them', () => {
    const secret = createProject({ token: 'x', locked: 'x', foreign: 'x' });
    const project = createProject({
      '.env.local': `TOKEN_KEY_FILE=${secret}/token\nALIBABA_APP_SECRET_FILE=${secret}/locked\n`,
      '.env': 'LOG_LEVEL=info\n',
    });
    mkdirSync(join(project, '.catalog-sync'));
    writeFileSync(join(project, '.catalog-sync/record.key'), 'x', { mode: 0o640 });
    chmodSync(join(project, '.env.local'), 0o644);
    for (const file of [join(project, '.env'), join(secret, 'locked')]) chmodSync(file, 0o600);
    const checks = checkSecretFiles(project, {});
    expect(checks.map(({ status, advice }) => [status, advice])).toEqual(
      [`${project}/.env.local`, `${project}/.catalog-sync/record.key`, `${secret}/token`].map((file) => [
        'warn',
        `Run \`chmod 600 '${file}'\`.`,
      ]),
    );
    expect(checks[1]?.message).toContain('(mode 640)');
    for (const file of ['.env.local', '.catalog-sync/record.key']) chmodSync(join(project, file), 0o600);
    chmodSync(join(secret, 'token'), 0o400);
    expect(checkSecretFiles(project, {})).toEqual([]);
  });

  test.runIf(process.getuid?.() === 0)('of other users, as containers mount them, are left out', () => {
    const project = createProject({ '.env.local': '' });
    chmodSync(join(project, '.env.local'), 0o644);
    chownSync(join(project, '.env.local'), 65_534, 65_534);
    expect(checkSecretFiles(project, {})).toEqual([]);
  });
});

describe('the key of recordings', () => {
  test.each([
    ['', 'is empty'],
    ['\n', 'is empty'],
    ['abc', 'is no key of 64 hex digits'],
  ])('%j is refused, and nothing is recorded by it', (text, problem) => {
    const project = createProject();
    mkdirSync(join(project, '.catalog-sync'));
    writeFileSync(join(project, '.catalog-sync/record.key'), text);
    expect(() => readPseudonymKey(project)).toThrow(problem);
  });

  test('is made once', () => {
    const project = createProject();
    const key = readPseudonymKey(project);
    expect(key).toHaveLength(32);
    expect(readPseudonymKey(project)).toEqual(key);
  });
});

describe('watch lists and pictures of the sync file', () => {
  const feeds = (...lines: string[]) => ({
    'catalog-sync.yaml': `account: personal\nfeeds:\n${lines.map((line) => `  - {${line}}\n`).join('')}`,
  });
  const watched = 'name: w, offers_file: w.csv';

  test('that cannot be read are named, each with its feed or path, before any run', async () => {
    const project = createProject(feeds(watched, 'name: p, images: [a.jpg, b.jpg]'));
    writeFileSync(join(project, 'b.jpg'), 'no picture');
    const { exitCode } = await runIn(project, ['doctor', '--offline']);
    expect(exitCode).toBe(4);
    const messages = (await checkFeedFiles(project)).map(({ status, message }) => `${status} ${message}`);
    expect(messages).toEqual([
      expect.stringMatching(/^fail WATCH_LIST_UNREADABLE: offers_file w.csv of feed w can't be read/),
      expect.stringMatching(/^fail IMAGE_FILE_UNREADABLE: the picture a.jpg can't be read/),
      expect.stringMatching(/^fail IMAGE_FILE_NOT_PICTURE: the picture b.jpg/),
    ]);
  });

  test('are fine where they can be, and pictures with a url are not read', async () => {
    const url = 'https://cbu01.alicdn.com/img/ibank/a.jpg';
    const project = createProject(feeds(watched, `name: p, images: ['${url}']`));
    writeFileSync(join(project, 'w.csv'), '1\n');
    expect(await checkFeedFiles(project)).toMatchObject([
      { status: 'ok', message: 'the file that catalog-sync.yaml names can be read' },
    ]);
    expect(await checkFeedFiles(createProject(feeds('name: k, keywords: [a]')))).toEqual([]);
    expect(await checkFeedFiles(createProject())).toEqual([]);
  });
});

describe('a project folder that cannot be written', () => {
  test.each([['migrate'], ['demo']])('ends %s with exit code 4 and what to do', async (verb) => {
    // Also root can't make a folder below a file.
    const project = createProject({ '.catalog-sync': '' });
    const { exitCode, err } = await runIn(project, [verb]);
    expect(err).toContain(`PROJECT_NOT_WRITABLE: ${project}/.catalog-sync`);
    expect(exitCode).toBe(4);
  });
});

describe('connections to other machines', () => {
  test.each([
    [{ DATABASE_URL: 'postgres://u:p@db.example.com/x' }, ['DATABASE_URL']],
    [{ DATABASE_URL: 'postgres://u:p@db.example.com/x?sslmode=disable' }, ['DATABASE_URL']],
    [{ DATABASE_URL: 'postgres://u:p@localhost/x?host=db.example.com' }, ['DATABASE_URL']],
    [{ DATABASE_URL: 'postgres://u:p@localhost.example.com/x' }, ['DATABASE_URL']],
    [{ REDIS_URL: 'redis://:p@10.0.0.7:6379' }, ['REDIS_URL']],
    [
      { DATABASE_URL: 'postgres://u:p@postgres:5432/x', REDIS_URL: 'redis://:p@redis:6379' },
      ['DATABASE_URL', 'REDIS_URL'],
    ],
  ])('%j without TLS is refused, or warned of', (env, named) => {
    const refused = `${named.join(' and ')} would connect to another machine without TLS`;
    expect(() => requireEncryption(configOf(env))).toThrow(refused);
    expect(checkEncryption(configOf(env))).toMatchObject([{ status: 'fail', exitCode: 4 }]);
    const allowed = configOf({ ...env, ALLOW_UNENCRYPTED: '1' });
    expect(() => requireEncryption(allowed)).not.toThrow();
    expect(checkEncryption(allowed)).toMatchObject([{ status: 'warn' }]);
  });

  test.each([
    'postgres://u:p@db.example.com/x?sslmode=verify-full',
    'postgres://u:p@127.0.0.1/x',
    'postgres://u:p@localhost/x',
    'postgres://u:p@[::1]/x',
    'postgres://u:p@localhost/x?host=/var/run/postgresql',
  ])('%s is fine', (DATABASE_URL) => {
    expect(checkEncryption(configOf({ DATABASE_URL }))).toEqual([]);
  });

  test.each(['rediss://:p@redis.example.com', 'redis://127.0.0.1:6379', 'redis://[::1]'])(
    '%s is fine',
    (REDIS_URL) => {
      expect(checkEncryption(configOf({ REDIS_URL }))).toEqual([]);
    },
  );

  test('end a command before anything is sent', async () => {
    const env = { DATABASE_URL: 'postgres://u:hunter2@db.example.invalid/x' };
    const { exitCode, err } = await runIn(createProject(), ['migrate'], env);
    expect({ exitCode, err }).toMatchObject({
      exitCode: 4,
      err: expect.stringContaining('CONNECTION_NOT_ENCRYPTED: DATABASE_URL would') as string,
    });
    expect(err).not.toContain('hunter2');
  });

  test('are not tried by doctor either', async () => {
    const env = { REDIS_URL: 'redis://:hunter2@redis.example.invalid:6379' };
    const checkServices = () => Promise.resolve([]);
    const refused = await runDoctor({ projectDir: createProject(), env, checkServices });
    const namesOf = (checks: readonly Check[]) => checks.map(({ name }) => name);
    expect(namesOf(refused)).toContain('encryption');
    expect(namesOf(refused)).not.toContain('redis');
    const here = { REDIS_URL: 'redis://127.0.0.1:1' };
    for (const allowed of [{ ...env, ALLOW_UNENCRYPTED: '1' }, here])
      expect(
        namesOf(await runDoctor({ projectDir: createProject(), env: allowed, checkServices })),
      ).toContain('redis');
  });
});

describe('queues', () => {
  test('in Postgres need no Redis, and one that does not answer is a failure', async () => {
    expect(await checkRedis({ REDIS_URL: undefined })).toEqual([]);
    expect(await checkRedis({ REDIS_URL: new Secret('redis://127.0.0.1:1') })).toMatchObject([
      { name: 'redis', status: 'fail' },
    ]);
  });
});

describe.runIf(listBackends().includes('redis'))('Redis', () => {
  test('that may lose jobs is a warning, with the setting to change', async () => {
    const server = await startTestRedis();
    const url = server.url ?? '';
    const redis = new Redis(url);
    const settings = ['maxmemory-policy', 'appendonly'];
    const statusOf = async () =>
      (await checkRedis({ REDIS_URL: new Secret(url) })).map(({ status, message }) => [
        status,
        message.split(/ is |:/)[0],
      ]);
    try {
      const before = await Promise.all(settings.map((setting) => redis.config('GET', setting)));
      await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await redis.config('SET', 'appendonly', 'no');
      const first = await statusOf();
      for (const [setting, value] of before) await redis.config('SET', setting ?? '', value ?? '');
      expect(first).toEqual([
        ['ok', expect.stringMatching(/^the queues/) as string],
        ['warn', 'maxmemory-policy'],
        ['warn', 'appendonly'],
      ]);
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      await redis.config('SET', 'appendonly', 'yes');
      const good = await statusOf();
      for (const [setting, value] of before) await redis.config('SET', setting ?? '', value ?? '');
      expect(good.map(([status]) => status)).toEqual(['ok']);
    } finally {
      redis.disconnect();
      await server.close();
    }
  });
});
