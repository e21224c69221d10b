import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { loadConfig, parseEnvText } from '../../../src/config/environment.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { checkEnvFiles } from '../../../src/health/doctor/check-env-files.ts';
import { checkCredentials } from '../../../src/health/doctor/check-settings.ts';
import { checkSyncFile } from '../../../src/health/doctor/check-sync-file.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { until } from '../../support/until.ts';

interface Options {
  readonly cwd?: string;
  readonly typed?: string;
}

async function init(args: readonly string[], { cwd = createProject(), typed }: Options = {}) {
  const { context, stdout, stderr } = createWorld({ cwd, ...(typed === undefined ? {} : { typed }) });
  const exitCode = await runCli(['init', ...args], context);
  const read = (name: string) => readFileSync(join(cwd, name), 'utf8');
  return { cwd, exitCode, out: stdout.text, err: stderr.text, read };
}

const personal = ['--account', 'personal', '--keyword', '手机壳'];
const secret = 'aB3dE5gH7j';

describe('by flags, without a terminal', () => {
  test('it writes the two files, with the forecast of the second', async () => {
    const { cwd, exitCode, out, err, read } = await init(personal);
    expect({ exitCode, err }).toMatchObject({ exitCode: 0 });
    expect(readdirSync(cwd).toSorted()).toEqual(['.env.local', 'catalog-sync.yaml']);
    expect(statSync(join(cwd, '.env.local')).mode & 0o777).toBe(0o600);
    expect(parseEnvText(read('.env.local'))).toEqual({ ALIBABA_APP_KEY: '', ALIBABA_APP_SECRET: '' });
    expect(parseSyncFile(read('catalog-sync.yaml'), 'catalog-sync.yaml')).toMatchObject({
      account: 'personal',
      feeds: [{ name: 'keywords', keywords: ['手机壳'] }],
      schedules: [{ name: 'nightly' }],
    });
    expect(out).toMatch(/^calls +next run +due +once/m);
    expect(out).toContain('The next run: ');
    expect(err).toContain('Written: .env.local and catalog-sync.yaml.');
  });

  test('doctor says what is missing in what it wrote', async () => {
    const { cwd } = await init(personal);
    const [key, secretCheck] = checkCredentials(loadConfig({ projectDir: cwd, env: {} }));
    expect([key, secretCheck]).toMatchObject([
      { status: 'fail', message: 'ALIBABA_APP_KEY is not set' },
      { status: 'fail', message: 'ALIBABA_APP_SECRET is not set' },
    ]);
    expect(checkEnvFiles(cwd, {}).map(({ status }) => status)).toEqual(['ok']);
    expect(checkSyncFile(cwd)).toMatchObject({ status: 'ok' });
  });

  test('it takes the App Key, and no App Secret', async () => {
    const { read } = await init([...personal, '--app-key', '87654321']);
    expect(read('.env.local')).toContain('ALIBABA_APP_KEY=87654321\nALIBABA_APP_SECRET=\n');
    expect(await init([...personal, '--app-secret', secret])).toMatchObject({ exitCode: 2 });
  });

  test.each([
    [[], ['--account personal|business', '--keyword or --category']],
    [['--account', 'business'], ['--keyword or --category']],
    [['--keyword', '包'], ['--account personal|business']],
  ])('without what must be known it names the flags: %j', async (args, flags) => {
    const { cwd, exitCode, err } = await init(args);
    expect(exitCode).toBe(2);
    for (const flag of flags) expect(err).toContain(flag);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test.each([
    ['--account', 'shop'],
    ['--daily', '0'],
    ['--category', 'bags'],
    ['--app-key', '"1"'],
    ['--approved', 'offer.detail'],
    ['--approved', 'offer.details=5'],
    ['--keyword', ' '],
  ])('it refuses %s %s', async (...bad) => {
    expect((await init([...personal, ...bad])).exitCode).toBe(2);
  });
});

describe('the sync file fits its calls', () => {
  test.each([
    [personal],
    [['--account', 'personal', '--category', '54']],
    [['--account', 'personal', '--category', '0']],
    [['--account', 'personal', '--category', '54', '--category', '1042954', '--keyword', '包']],
    [['--account', 'business', '--category', '54', '--keyword', '包']],
    [[...personal, '--daily', '20', '--monthly', '300']],
    [[...personal, '--approved', 'offer.detail=30', '--approved', 'search.keyword=5/100']],
  ])('%j', async (args) => {
    const { cwd, out } = await init(args);
    expect(out).not.toMatch(/^!/m);
    const { context, stdout } = createWorld({ cwd });
    await runCli(['plan', '--json'], context);
    const { apis, advice } = JSON.parse(stdout.text) as {
      advice: unknown[];
      apis: { operation: string; perDay: number; dayLimit: number }[];
    };
    expect(advice).toEqual([]);
    for (const { perDay, dayLimit } of apis) expect(perDay).toBeLessThanOrEqual(dayLimit);
  });

  test('whatever a keyword has in it', async () => {
    const keywords = ["it's", '"手机" #壳', '\\n: {a}', '- 包, [b]'];
    const { read } = await init([
      '--account',
      'personal',
      ...keywords.flatMap((word) => ['--keyword', word]),
    ]);
    expect(parseSyncFile(read('catalog-sync.yaml'), 'f').feeds[0]?.keywords).toEqual(keywords);
  });

  test('and uses most of those that are scarce', async () => {
    const { out } = await init(['--account', 'personal', '--category', '54', '--json']);
    const { plan } = JSON.parse(out) as { plan: { apis: { operation: string; wantedPerDay: number }[] } };
    const search = plan.apis.find(({ operation }) => operation === 'search.keyword');
    expect(search?.wantedPerDay).toBeGreaterThan(250);
  });

  test('approved volumes are in it, of one API before those of each', async () => {
    const { read } = await init([
      ...personal,
      ...['--daily', '800', '--monthly', '20000', '--approved', 'offer.detail=1000/30000'],
    ]);
    expect(parseSyncFile(read('catalog-sync.yaml'), 'f').quotas.approved).toEqual({
      'category.children': { daily: 800, monthly: 20_000 },
      'search.keyword': { daily: 800, monthly: 20_000 },
      'offer.detail': { daily: 1000, monthly: 30_000 },
    });
  });
});

describe('files that are there', () => {
  test('a sync file is replaced with --force only', async () => {
    const cwd = createProject({ 'catalog-sync.yaml': 'mine\n' });
    const refused = await init(personal, { cwd });
    expect(refused.exitCode).toBe(2);
    expect(refused.err).toContain('--force replaces it');
    expect(refused.read('catalog-sync.yaml')).toBe('mine\n');
    expect(existsSync(join(cwd, '.env.local'))).toBe(false);
    const forced = await init([...personal, '--force'], { cwd });
    expect(forced.exitCode).toBe(0);
    expect(forced.read('catalog-sync.yaml')).toContain('手机壳');
  });

  test('an .env.local is kept, whatever is said', async () => {
    const cwd = createProject({ '.env.local': 'ALIBABA_APP_SECRET=mine\n' });
    expect((await init([...personal, '--app-key', '1'], { cwd })).exitCode).toBe(2);
    const { exitCode, err, read } = await init([...personal, '--force'], { cwd });
    expect(exitCode).toBe(0);
    expect(err).toContain('Kept .env.local');
    expect(read('.env.local')).toBe('ALIBABA_APP_SECRET=mine\n');
  });
});

describe('at a terminal', () => {
  /** Account, calls a day and a month, keywords, categories, App Key, App Secret. */
  const answers = ['business', '2,000', '60000', '手机壳， 双肩包', '54', '87654321', secret];

  test('it asks for all, and shows no secret', async () => {
    const { exitCode, out, err, read } = await init([], { typed: answers.join('\n') + '\n' });
    expect(exitCode, err).toBe(0);
    expect(parseEnvText(read('.env.local'))).toEqual({
      ALIBABA_APP_KEY: '87654321',
      ALIBABA_APP_SECRET: secret,
    });
    const { account, feeds, quotas } = parseSyncFile(read('catalog-sync.yaml'), 'f');
    expect(account).toBe('business');
    expect(feeds).toMatchObject([{ keywords: ['手机壳', '双肩包'] }, { categories: ['54'] }]);
    expect(quotas.approved['search.keyword']).toEqual({ daily: 2000, monthly: 60_000 });
    expect(err.match(/Enter: [^)]+/g)).toHaveLength(answers.length);
    expect(out).not.toContain(secret);
  });

  test('a secret that is typed is not shown, also when it is corrected', async () => {
    const cwd = createProject();
    const { context, stdin, stderr } = createWorld({ cwd, typed: '', keepsTyping: true });
    const ended = runCli(['init', ...personal, '--daily', '500'], context);
    for (const [question, typed] of [
      ['App Key', '87654321\n'],
      ['App Secret', `${secret}xy\u007f\u007f\n`],
    ] as const) {
      await until(() => stderr.text.includes(question));
      stdin.write(typed);
    }
    expect(await ended).toBe(0);
    expect(stderr.text).not.toContain(secret.slice(0, 4));
    expect(parseEnvText(readFileSync(join(cwd, '.env.local'), 'utf8'))).toMatchObject({
      ALIBABA_APP_SECRET: secret,
    });
  });

  test('Enter takes what is said', async () => {
    const { exitCode, read } = await init([], { typed: '\n\n\n包\n\n\n' });
    expect(exitCode).toBe(0);
    const { account, quotas } = parseSyncFile(read('catalog-sync.yaml'), 'f');
    expect({ account, approved: quotas.approved }).toEqual({ account: 'personal', approved: {} });
    expect(parseEnvText(read('.env.local'))).toEqual({ ALIBABA_APP_KEY: '', ALIBABA_APP_SECRET: '' });
  });

  test('an answer that can not be used is asked for again', async () => {
    const typed = 'shop\npersonal\nmany\n10\n\n\n\n包\nbags\n54\nno key!\n1\nwith space\nok-secret\n';
    const { exitCode, err, read } = await init([], { typed });
    expect(exitCode, err).toBe(0);
    for (const said of [
      'Type personal or business',
      'Type a number',
      'at least one',
      'digits only',
      'no quotes',
    ])
      expect(err).toContain(said);
    expect(parseEnvText(read('.env.local'))).toMatchObject({ ALIBABA_APP_SECRET: 'ok-secret' });
  });

  test('it asks for nothing that flags say, nor for keys of an .env.local', async () => {
    const cwd = createProject({ '.env.local': '' });
    const { exitCode, err } = await init([...personal, '--daily', '500'], { cwd, typed: '' });
    expect(exitCode).toBe(0);
    expect(err).not.toContain('Enter:');
    expect((await init([...personal, '--yes'], { typed: '' })).exitCode).toBe(0);
  });

  test.each(answers.map((_, index) => index))(
    'Ctrl-C at question %i ends it with 130, and nothing is written',
    async (index) => {
      const typed = `${answers.slice(0, index).join('\n')}${index === 0 ? '' : '\n'}abc\u0003\n`;
      const { cwd, exitCode, err } = await init([], { typed });
      expect(exitCode).toBe(130);
      expect(err).toContain('nothing was written');
      expect(readdirSync(cwd)).toEqual([]);
    },
  );

  test('so does the end of the input', async () => {
    expect(await init([], { typed: 'personal\n' })).toMatchObject({ exitCode: 130 });
  });
});
