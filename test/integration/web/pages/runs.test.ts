import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCells } from '../../../support/read-cells.ts';
import { openTestStack, type TestStack } from '../../../support/stack.ts';
import { openWebWorld, type WebWorld } from '../../../support/web-world.ts';

let stack: TestStack;
let world: WebWorld;
beforeAll(async () => {
  stack = await openTestStack({ backend: 'postgres' });
  await stack.run();
  world = await openWebWorld({ database: stack.database, env: stack.env });
});
afterAll(async () => {
  await world.close();
  await stack.close();
});

const runs = async (query: string) =>
  readCells(await world.get(`/runs?${query}`), 'Runs, newest first').map(({ Run }) =>
    Run?.replace('Run ', ''),
  );

test('runs are chosen by state, scope, trigger and day in Shanghai, and older ones keep the choice', async () => {
  await stack.query('DELETE FROM sync.run WHERE run_id > 1');
  await stack.query(
    `INSERT INTO sync.run (scope, trigger, source, feeds, status, started_at, ended_at)
     VALUES ('feed:bags', 'nightly', 'sandbox', '["bags"]', 'failed', '2026-11-20T23:59:00+08:00', now()),
            ('all', 'nightly', 'sandbox', '["bags"]', 'succeeded', '2026-11-21T00:00:00+08:00', now()),
            ('all', 'cli', 'sandbox', '["bags"]', 'failed', '2026-11-22T00:00:00+08:00', now())`,
  );
  expect(await runs('state=failed')).toEqual(['4', '2']);
  expect(await runs('trigger=nightly')).toEqual(['3', '2']);
  expect(await runs('scope=feed%3Abags')).toEqual(['2']);
  expect(await runs('to=2026-11-20')).toEqual(['2']);
  expect(await runs('from=2026-11-21&to=2026-11-21')).toEqual(['3']);
  expect(await runs('state=failed&before=4')).toEqual(['2']);
  expect(await runs('from=x')).toEqual(['4', '3', '2', '1']);
  expect(await runs('state=nonsense')).toEqual([]);
  const none = await world.get('/runs?trigger=gone');
  expect(none).toContain('No run is like this.');
  expect(none).toMatch(/<option value="gone" selected\s*>gone<\/option>/);
  expect(none).toMatch(/<option value="feed:bags"\s*>feed:bags<\/option>/);
  await stack.query(
    `INSERT INTO sync.run (scope, trigger, source, feeds, status, started_at, ended_at)
     SELECT 'many', 'cli', 'sandbox', '["bags"]', 'failed', '2026-11-23', now() FROM generate_series(1, 51)`,
  );
  expect(await world.get('/runs?scope=many')).toMatch(/href="\/runs\?before=\d+&amp;scope=many">Older/);
  await stack.query('DELETE FROM sync.run WHERE run_id > 1');
});

test('changes of a run are grouped by offer, ten at first, and a new offer is none', async () => {
  const known = `NOT (field = 'state' AND old IS NULL)`;
  await stack.query(`DELETE FROM catalog.offer_change WHERE ${known}`);
  expect((await stack.query('SELECT FROM catalog.offer_change')).length).toBeGreaterThan(10);
  const first = await world.get('/runs/1');
  expect(first).toContain('No field of an offer that was known before has changed.');
  const changed = (offers: number) =>
    stack.query(
      `INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
       SELECT c.offer_id, f.field, 'old ' || f.field, repeat('x', 90), c.granted_at, c.call_id
       FROM (SELECT (request ->> 'offerId')::bigint AS offer_id, granted_at, call_id FROM usage.api_call
             WHERE run_id = 1 AND operation = 'offer.detail' AND outcome = 'ok' ORDER BY call_id LIMIT $1) c
       CROSS JOIN unnest('{subject,unit}'::text[]) AS f (field)`,
      [offers],
    );
  await changed(12);
  const caption = 'Fields that changed, by offer, newest first';
  const page = await world.get('/runs/1');
  const rows = readCells(page, caption);
  expect(rows).toHaveLength(10);
  expect(rows[0]?.['Was and is']).toBe(
    `subject : old subject → ${'x'.repeat(80)}… unit : old unit → ${'x'.repeat(80)}…`,
  );
  expect(page).toMatch(/10 of 12 offers\.\s*<a href="\/runs\/1\?changes=all#changes">All<\/a>/);
  const all = await world.get('/runs/1?changes=all');
  expect(readCells(all, caption)).toHaveLength(12);
  expect(all).not.toContain('of 12 offers');
});

test('the ten largest moves of prices are shown at first', async () => {
  await stack.advance(86_400_000);
  const { runId } = await stack.run();
  const prices = async (query: string) =>
    readCells(await world.get(`/runs/${runId}${query}`), 'Prices that changed, largest moves first');
  expect(await prices('')).toHaveLength(10);
  expect(await world.get(`/runs/${runId}`)).toContain(`href="/runs/${runId}?prices=all#prices"`);
  const all = await prices('?prices=all');
  expect(all.length).toBeGreaterThan(10);
  expect(all.slice(0, 10)).toEqual(await prices(''));
});

test('a run begins where a person expects it: on the overview, on all runs, and on a run that has ended', async () => {
  await stack.query(`UPDATE sync.run SET feeds = '["bags"]'`);
  for (const path of ['/', '/runs', '/runs/1'])
    expect(await world.get(path), path).toMatch(/action="\/actions\/run"[\s\S]*Run now/);
  await stack.query(`UPDATE sync.run SET feeds = '["gone"]'`);
  expect(await world.get('/runs/1')).not.toContain('Run now');
  await stack.query(`UPDATE sync.worker SET heartbeat_at = now() - interval '2 minutes'`);
  expect(await world.get('/')).toContain('No worker process is running');
});
