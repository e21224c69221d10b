import { expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

const ids = Array.from({ length: 300 }, (_, index) => 610_000_000_000 + index).join(', ');
const watch = `account: personal\nfeeds: [{ name: w, offers: [${ids}] }]\n`;

async function plan(flags: readonly string[], syncFile = watch) {
  const { context, stdout, stderr } = createWorld({ cwd: createProject({ 'catalog-sync.yaml': syncFile }) });
  const exitCode = await runCli(['plan', ...flags], context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

const cellsOf = (out: string) =>
  out
    .slice(out.indexOf('In the long run:'), out.indexOf('\n\n'))
    .split('\n')
    .slice(3)
    .map((line) => line.trim().split(/ {2,}/));

const days = (cell = '') => Number.parseFloat(cell);

test('each daily limit is a row beside the present one: more calls make younger details', async () => {
  const { exitCode, out, err } = await plan(['--what-if', 'offer.detail=20,40,2000']);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
  const rows = cellsOf(out);
  expect(rows.map(([limit]) => limit)).toEqual(['now 500', '20', '40', '2,000']);
  const [now, few, more, most] = rows;
  // One call in twenty is kept for calls by hand.
  expect([few?.[1], more?.[1]]).toEqual(['19', '38']);
  // 300 offers at 19 calls a day are 15.8 days apart, and half as old on average where all are typical ones.
  expect(days(few?.[2])).toBeGreaterThan(7);
  expect(days(few?.[2])).toBeLessThan(10);
  for (const column of [2, 3, 4]) expect(days(few?.[column])).toBeGreaterThan(days(more?.[column]));
  expect(days(few?.[3])).toBeLessThan(days(few?.[4]));
  expect(days(more?.[5])).toBeGreaterThan(days(few?.[5]));
  // 475 calls a day are more than freshness needs: nothing is left to gain.
  expect(most?.slice(1)).toEqual(now?.slice(1));
  expect(out).toMatch(/- offer\.detail: freshness needs [\d,]+ calls a day at the present limits/);
  expect(out).toContain('The monthly limit of offer.detail is not applied here');
  // No detail is there to begin with.
  expect(out).not.toContain('Over the next');
});

test('one call is said in the singular', async () => {
  const { out } = await plan(
    ['--what-if', 'offer.detail=1'],
    'account: personal\nfreshness: { detail: 60d }\nfeeds: [{ name: w, offers: [610000000000] }]\n',
  );
  expect(out).toContain(
    '- offer.detail: freshness needs 1 call a day at the present limits; no more are made.',
  );
});

test('the monthly limit of the operation does not hide what a larger day brings', async () => {
  const approved = 'quotas: { approved: { offer.detail: { daily: 500, monthly: 620 } } }\n';
  const { out } = await plan(['--what-if', 'offer.detail=40'], watch + approved);
  const [now, more] = cellsOf(out);
  // 620 calls in 31 days, of which one in twenty is kept.
  expect(now?.slice(0, 2)).toEqual(['now 500', '19']);
  expect(more?.slice(0, 2)).toEqual(['40', '38']);
});

test('limits of two operations are every combination of them', async () => {
  const syncFile = 'account: business\nfeeds: [{ name: a, keywords: [包, 鞋], max_offers: 900 }]\n';
  const { out } = await plan(
    ['--what-if', 'offer.detail=100,200', '--what-if', 'search.keyword=5', '--what-if', 'search.keyword=9'],
    syncFile,
  );
  expect(cellsOf(out).map(([detail, , search]) => [detail, search])).toEqual([
    ['now 10,000', 'now 10,000'],
    ['100', '5'],
    ['100', '9'],
    ['200', '5'],
    ['200', '9'],
  ]);
});

test('a limit that several APIs share, and an API that no feed calls, are named', async () => {
  const groups =
    'quotas: { groups: [{ name: all, operations: [offer.detail, search.keyword], daily: 40 }] }\n';
  const { out } = await plan(
    ['--what-if', 'offer.detail=100', '--what-if', 'search.image=7'],
    watch + groups,
  );
  expect(cellsOf(out)[1]?.slice(0, 2)).toEqual(['100', '38']);
  const text = out.replaceAll(/\s+/g, ' ');
  expect(text).toContain('! offer.detail: of 100 calls, only 38 can be made: a limit of a group or the app,');
  expect(text).toContain('! No feed makes calls of search.image, so its limit changes nothing.');
});

test('as data it has the ages and calls of each, null for the limits as they are', async () => {
  const { out } = await plan(['--json', '--what-if', 'offer.detail=20']);
  const { whatIf, daysAhead } = JSON.parse(out) as { whatIf: Record<string, unknown>[]; daysAhead: number };
  expect(daysAhead).toBe(10);
  expect(whatIf).toEqual([
    expect.objectContaining({ daily: null }),
    {
      daily: { 'offer.detail': 20 },
      ahead: null,
      range: null,
      apis: [
        {
          operation: 'offer.detail',
          perDay: expect.closeTo(19, 0) as number,
          wantedPerDay: expect.any(Number) as number,
        },
      ],
      details: {
        meanDays: expect.any(Number) as number,
        medianDays: expect.any(Number) as number,
        p90Days: expect.any(Number) as number,
      },
      fresh: expect.any(Number) as number,
    },
  ]);
});

test.each([
  ['offer.details=5', /--what-if.*There is no operation "offer\.details"\. Name one of .*offer\.detail/s],
  ['offer.detail', /--what-if.*Give an operation and its daily limits, as in offer\.detail=500,1000/s],
  ['offer.detail=5=6', /Give an operation and its daily limits/],
  ['offer.detail=', /"" is no daily limit\. Give whole numbers of calls from 1 to 10,000,000/],
  ['offer.detail=500,0', /"0" is no daily limit/],
  ['offer.detail=1.5', /"1\.5" is no daily limit/],
  ['offer.detail=10000001', /"10000001" is no daily limit/],
  [`offer.detail=${Array.from({ length: 25 }, (_, i) => i + 1).join(',')}`, /25 combinations.*24 at most/s],
])('%s is refused with what to write', async (text, message) => {
  const { exitCode, out, err } = await plan(['--what-if', text]);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toMatch(message);
});

test.each([
  [['--days', '5'], /option '--days' needs '--what-if'/],
  [['--what-if', 'offer.detail=5', '--days', '0'], /--days.*Give a whole number from 1 to 60\./s],
  [['--what-if', 'offer.detail=5', '--days', '61'], /--days.*Give a whole number from 1 to 60\./s],
])('%s is refused', async (flags, message) => {
  const { exitCode, out, err } = await plan(flags);
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
  expect(err).toMatch(message);
});

test('it goes with no volumes for forms', async () => {
  const { exitCode, err } = await plan(['--monthly', '--what-if', 'offer.detail=5']);
  expect(exitCode).toBe(2);
  expect(err).toMatch(/--what-if.*cannot be used with.*--monthly/s);
});
