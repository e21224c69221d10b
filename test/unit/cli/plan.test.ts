import { expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { readText } from '../../support/doc-files.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

const small = 'account: personal\nfeeds: [{ name: a, keywords: [包], max_pages: 2, max_offers: 90 }]\n';
const large = 'account: personal\nfeeds: [{ name: a, categories: ["0"] }]\n';

async function plan(syncFile: string, ...flags: string[]) {
  const { context, stdout, stderr } = createWorld({ cwd: createProject({ 'catalog-sync.yaml': syncFile }) });
  const exitCode = await runCli(['plan', ...flags], context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

test('a plan says calls, ages, days and the end of the next run, and that all of it is assumed', async () => {
  const { exitCode, out, err } = await plan(small);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  expect(out).toMatch(/^offer\.detail +90 +90 +90 +\d+ +\d+ +\d+ % +\d+ %$/m);
  expect(out).toMatch(/^a +90 +0\.0 +0\.5 d +0\.9 d +[\d.]+ d +[\d.]+ d +\d+ %$/m);
  expect(out).toContain('The next run: at most 92 calls');
  expect(out).toContain('initial crawl completes within the present day');
  expect(out).toContain('without any call');
  expect(out).not.toContain('!');
});

test('a watch list needs one call for each offer, and is no guess', async () => {
  const ids = Array.from({ length: 300 }, (_, index) => 610_000_000_000 + index).join(', ');
  const watch = `account: personal\nfeeds: [{ name: w, offers: [${ids}] }]\n`;
  const { exitCode, out, err } = await plan(watch, '--budget', '100');
  expect(exitCode).toBe(5);
  expect(err).toContain('300 calls are due, 100 may be made');
  expect(out).toMatch(/^offer\.detail +100 +300 +300 /m);
  expect(out).not.toContain('Upper bounds');
  expect(out).toContain('The next run: 100 calls');
  expect((await plan(watch, '--budget', '300')).exitCode).toBe(0);
});

test('a plan that does not fit says what would', async () => {
  const { exitCode, out } = await plan(large);
  expect(exitCode).toBe(0);
  expect(out).toMatch(/^The initial crawl completes in at most [\d,]+ days\.$/m);
  expect(out).toMatch(/! search\.keyword: freshness targets need [\d,]+ calls\/day; 459 are available/);
  expect(out).toMatch(/max_offers: \d+\s+in\s+feed a/);
});

test('above the budget it exits 5, with --yes 0', async () => {
  const refused = await plan(small, '--budget', '50');
  expect(refused).toMatchObject({ exitCode: 5 });
  expect(refused.err).toContain('92 calls are due, 50 may be made');
  expect((await plan(small, '--budget', '50', '--yes')).exitCode).toBe(0);
  expect((await plan(small, '--budget', '92')).exitCode).toBe(0);
});

test.each([
  ['0 2 * * *', 'once a day'],
  ['*/1 * * * *', 'every 1 min'],
  ['0 */6 * * *', 'every 6.0 h'],
  ['0 3 * * 1', 'every 7.0 days'],
])('runs come as the schedules say: %s is %s', async (cron, rhythm) => {
  const { out } = await plan(`${small}schedules: [{ name: s, cron: '${cron}', feeds: [a] }]\n`);
  expect(out).toContain(`Runs: ${rhythm}`);
});

test('an age that the quota cannot hold is named with one that it could, and exits 4', async () => {
  const ids = Array.from({ length: 200 }, (_, index) => 610_000_000_000 + index).join(', ');
  const watch = (maxAge: string) =>
    `account: personal\nfeeds: [{ name: w, offers: [${ids}], max_age: ${maxAge} }]\n`;
  const { exitCode, out } = await plan(watch('6h'), '--budget', '1');
  expect(exitCode).toBe(4);
  expect(out.replaceAll(/\s+/g, ' ')).toContain(
    '! max_age 6h of feed w cannot be held: all promised ages need 812 detail calls a day, and runs have 459. ' +
      'With 200 offers at these calls, 10h33m can be held (max_age: 633m); or ask for 854 calls a day.',
  );
  expect((await plan(watch('633m'))).exitCode).toBe(0);
  const { brokenPromises } = JSON.parse((await plan(watch('6h'), '--json')).out) as {
    brokenPromises: unknown[];
  };
  expect(brokenPromises).toMatchObject([{ feed: 'w', offers: 200, cause: 'calls', heldMs: 633 * 60_000 }]);
});

test('as data, it has the limits and the calls', async () => {
  const { out } = await plan(small, '--json');
  const { apis, feeds, firstPassDays } = JSON.parse(out) as Record<string, unknown>;
  expect(apis).toContainEqual(expect.objectContaining({ operation: 'offer.detail', due: 90, dayLimit: 500 }));
  expect({ feeds, firstPassDays }).toMatchObject({ feeds: [{ feed: 'a', offers: 90 }], firstPassDays: 1 });
});

test('a month is what to write into the forms, by the real names of the APIs', async () => {
  const { out } = await plan(small, '--monthly');
  expect(out).toMatch(/^offer\.detail +90 +90 +500 +2,790 +15,000 +1$/m);
  expect(out).toMatch(/crossborder:product\.search\.queryProductDetail:1\n +90 a day, 2,790 a month/);
  expect(out).not.toContain('alibaba.category.get');
});

test('volumes that do not fit say what can be done', async () => {
  const { exitCode, err } = await plan(large, '--monthly');
  expect(exitCode).toBe(0);
  expect(err).toContain('apply for more calls');
});

test('approved volumes replace the assumed ones', async () => {
  const { out } = await plan(
    `${small}quotas: { approved: { offer.detail: { daily: 30 } } }\n`,
    '--monthly',
    '--json',
  );
  const { volumes } = JSON.parse(out) as { volumes: Record<string, unknown>[] };
  expect(volumes.find((row) => row['operation'] === 'offer.detail')).toMatchObject({
    allowedDaily: 30,
    firstPassDays: 3,
  });
});

test('without a sync file it says which one to copy, and exits 4', async () => {
  const { context, stderr } = createWorld();
  expect(await runCli(['plan'], context)).toBe(4);
  expect(stderr.text).toContain('copy catalog-sync.example.yaml');
});

test('the shipped example fits the 500 calls a day of a personal account', async () => {
  const example = readText('catalog-sync.example.yaml');
  expect(example).toMatch(/^account: personal$/m);
  const { err, out } = await plan(example, '--json');
  expect(err).toBe('');
  const { advice, apis } = JSON.parse(out) as {
    advice: unknown[];
    apis: { operation: string; wantedPerDay: number; perDay: number; dayLimit: number }[];
  };
  expect(advice).toEqual([]);
  expect(apis.map(({ operation }) => operation)).toEqual([
    'category.children',
    'search.keyword',
    'offer.detail',
  ]);
  for (const { wantedPerDay, dayLimit } of apis) {
    expect(dayLimit).toBe(500);
    expect(wantedPerDay).toBeLessThanOrEqual(500);
  }
  // The forms, which ask for upper bounds, fit too.
  expect((await plan(example, '--monthly')).err).toBe('');
});
