import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCells } from '../../support/read-cells.ts';
import { openTestStack, type TestStack } from '../../support/stack.ts';
import { openWebWorld, type WebWorld } from '../../support/web-world.ts';

let stack: TestStack;
let world: WebWorld;
beforeAll(async () => {
  stack = await openTestStack({
    backend: 'postgres',
    sandbox: { faults: [{ kind: 'server_error', status: 503, count: 2 }] },
  });
  await stack.run();
  await stack.advance(86_400_000);
  await stack.run();
  world = await openWebWorld({ database: stack.database, env: stack.env });
});
afterAll(async () => {
  await world.close();
  await stack.close();
});

const cells = (page: string, row: string): string[] => {
  const [, rest = ''] = page.split(
    new RegExp(`<td class=""[^>]*>\\s*${row.replaceAll('.', '\\.')}\\s*</td>`),
  );
  const [own = ''] = rest.split('</tr>');
  return [...own.matchAll(/<td class="number"[^>]*>([^<]*)<\/td>/g)].map(([, text = '']) => text.trim());
};

test('a run is held against its plan; one of unknown feeds says that it was planned for the most', async () => {
  const plans = await stack.query<{ run: string; planned: number; used: number }>(
    `SELECT run_id AS run, planned_calls::float8 AS planned, used_calls AS used
     FROM usage.plan_against_actual WHERE operation = 'search.keyword' ORDER BY run_id`,
  );
  const figure = (value: number) => value.toLocaleString('en');
  for (const { run, planned, used } of plans) {
    const page = await world.get(`/runs/${run}`);
    expect(cells(page, 'search.keyword').slice(0, 2)).toEqual([figure(planned), figure(used)]);
  }
  expect(plans).toHaveLength(2);
  expect(await world.get('/runs/1')).toContain('it was planned for the most');
  expect(await world.get('/runs/2')).not.toContain('it was planned for the most');
});

test('a run says what its calls found changed, by what they were made for, and each of the days up to it', async () => {
  const caption = 'What its calls found, by what they were made for';
  const rows = await stack.query<{ source: string; calls: number; changes: number; rate: number }>(
    `SELECT source, sum(calls)::int AS calls, sum(changes)::int AS changes, (100.0 * sum(changes) / sum(calls))::float8 AS rate
     FROM analytics.fct_source_yield WHERE run_id = 2 GROUP BY source`,
  );
  const page = await world.get('/runs/2');
  const shown = readCells(page, caption).map((row) => [
    row['Calls for'],
    row['Calls'],
    row['Changes'],
    row['For 100 calls'],
  ]);
  const named = (source: string, name: string) => {
    const row = rows.find((one) => one.source === source);
    return [name, row?.calls.toLocaleString('en'), row?.changes.toLocaleString('en'), row?.rate.toFixed(1)];
  };
  expect(shown.slice(0, 2)).toEqual([
    named('search', 'search pages'),
    named('detail_prompted', 'details: a row had changed'),
  ]);
  expect(shown).toHaveLength(rows.length);
  // Two days, so there is something to compare.
  expect(page).toContain('aria-label="Changes found by day, all runs"');
  expect(await world.get('/runs/1')).not.toContain('Changes found by day, all runs');
  expect(readCells(await world.get('/runs/1'), caption).map((row) => row['Changes'])).toEqual(
    expect.arrayContaining(['0']),
  );
});

test('a run shows the ages that its feeds reached, of those that have a promised one', async () => {
  const caption = 'Ages of details that max_age promises, over the last 7 days';
  expect(await world.get('/runs/2')).not.toContain(caption);
  const [feed] = await stack.query<{ feed: string }>(
    `UPDATE sync.feed SET max_age = interval '18 hours' WHERE feed = (SELECT feeds ->> 0 FROM sync.run WHERE run_id = 2)
     RETURNING feed`,
  );
  // Two runs a day apart: whatever was fetched in the first was late for a quarter of the day.
  const [age] = await stack.query<{ late: number; offers: number; share: number; most: number }>(
    `SELECT late_now AS late, offers, share_in_time::float8 AS share, age_max_h::float8 AS most FROM analytics.promised_age`,
  );
  expect(age?.share).toBeLessThan(1);
  expect(readCells(await world.get('/runs/2'), caption)).toEqual([
    expect.objectContaining({
      Feed: feed?.feed,
      Promised: '18.0 h',
      'In time': `${String(Math.round((age?.share ?? 0) * 100))} %`,
      Highest: `${String(age?.most.toFixed(1))} h`,
      'Late now': `${String(age?.late)} of ${String(age?.offers)}`,
    }),
  ]);
  await stack.query('UPDATE sync.feed SET max_age = NULL');
});

test('a run shows its own calls that failed, each with what to do', async () => {
  const page = await world.get('/runs/1');
  const failed = page.split('Calls of the run that failed').at(-1);
  expect(failed).toContain('<code>GATEWAY_UNAVAILABLE</code>');
  const errors = await stack.query<{ run: string; calls: number }>(
    'SELECT run_id AS run, count(*)::int AS calls FROM usage.failed_call GROUP BY run_id',
  );
  expect(errors).toEqual([{ run: '1', calls: 2 }]);
  expect(await world.get('/runs/2')).not.toContain('What went wrong');
});

test('a run says how many targets wait for a later try, and until when', async () => {
  const row = (page: string) =>
    page
      .split('targets postponed')[1]
      ?.split('</dd>')[0]
      ?.replace(/<[^>]*>|\s+/g, ' ');
  expect(row(await world.get('/runs/2'))?.trim()).toBe('0');
  await stack.query(`UPDATE sync.run SET postponed = 3, next_try_at = '2026-11-26 04:00Z' WHERE run_id = 2`);
  expect(row(await world.get('/runs/2'))?.trim()).toMatch(/^3, the first until +2026-11-26 12:00/);
  await stack.query('UPDATE sync.run SET postponed = 0, next_try_at = NULL WHERE run_id = 2');
});

test('a run that is begun here keeps what is expected of it', async () => {
  await world.post('/actions/run', { scope: 'bags' });
  const [run] = await stack.query<{ trigger: string; forecast: { calls: Record<string, number> } }>(
    'SELECT trigger, forecast FROM sync.run ORDER BY run_id DESC LIMIT 1',
  );
  expect(run).toMatchObject({
    trigger: 'web',
    forecast: { isGuess: true, seconds: expect.any(Number) as number },
  });
  expect(run?.forecast.calls).toHaveProperty(['category.children']);
});

test('whether a process works at all is said where runs begin, and on a run that waits for one', async () => {
  expect(await world.get('/runs')).toContain('One process works:');
  await stack.query(`UPDATE sync.worker SET heartbeat_at = now() - interval '2 minutes'`);
  expect(await world.get('/runs')).toContain('No worker process is running');
  expect(await world.get('/runs/3')).toContain('No process works on this run');
});

test('one target that was given up, or those of one API, are made due again, and no others', async () => {
  const waiting = () =>
    stack.query(
      `SELECT 'offer' AS kind, offer_id AS id FROM sync.refresh WHERE not_before > usage.ledger_now()
       UNION ALL SELECT kind, window_id FROM sync.search_window WHERE not_before > usage.ledger_now() ORDER BY 1, 2`,
    );
  await stack.query(
    `UPDATE sync.refresh SET not_before = usage.ledger_now() + interval '5 hours'
     WHERE offer_id IN (SELECT offer_id FROM sync.refresh ORDER BY 1 LIMIT 3)`,
  );
  await stack.query(
    `UPDATE sync.search_window SET not_before = usage.ledger_now() + interval '5 hours'
     WHERE window_id = (SELECT min(window_id) FROM sync.search_window)`,
  );
  const before = await waiting();
  expect(before).toHaveLength(4);
  const [, first] = before as { kind: string; id: string }[];
  const page = await world.get('/problems');
  expect(page).toContain('Retry all 4');
  expect(page).toContain('Retry 3 of offer.detail');
  await world.post('/actions/retry', { operation: 'offer.detail', id: first?.id ?? '' });
  expect(await waiting()).toEqual(before.filter((row) => row !== first));
  await world.post('/actions/retry', { operation: 'offer.detail' });
  expect(await waiting()).toEqual(before.slice(0, 1));
  const again = await world.post('/actions/retry', { operation: 'offer.detail', id: first?.id ?? '' });
  expect(again.headers.get('location')).toBe('/problems?done=nothing-to-retry#given-up');
  for (const fields of [{ operation: "x'" }, { id: '1' }, { operation: 'offer.detail', id: '1;' }])
    expect((await world.post('/actions/retry', fields)).status).toBe(400);
  const actions = await stack.query(
    `SELECT subject, outcome FROM sync.operator_action WHERE action = 'retry' ORDER BY action_id`,
  );
  expect(actions).toEqual([
    { subject: `offer.detail ${first?.id ?? ''}`, outcome: 'done: 1 target' },
    { subject: 'all of offer.detail that was given up', outcome: 'done: 2 targets' },
    { subject: `offer.detail ${first?.id ?? ''}`, outcome: 'done: 0 targets' },
  ]);
});
