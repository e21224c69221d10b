import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCells } from '../../../support/read-cells.ts';
import { openTestStack, type TestStack } from '../../../support/stack.ts';
import { openWebWorld, type WebWorld } from '../../../support/web-world.ts';

let stack: TestStack;
let world: WebWorld;
beforeAll(async () => {
  stack = await openTestStack({
    backend: 'postgres',
    sandbox: { faults: [{ kind: 'server_error', status: 503, count: 1 }, { kind: 'hostile_titles' }] },
  });
  await stack.run();
  world = await openWebWorld({ database: stack.database, env: stack.env });
});
afterAll(async () => {
  await world.close();
  await stack.close();
});

async function findCall(where: string): Promise<{ id: string; raw: string | null; offer: string | null }> {
  const [row] = await stack.query<{ id: string; raw: string | null; offer: string | null }>(
    `SELECT call_id::text AS id, raw_id::text AS raw, request ->> 'offerId' AS offer FROM usage.api_call WHERE ${where} LIMIT 1`,
  );
  if (!row) throw new Error(`no call where ${where}`);
  return row;
}

test('a call is shown from its request to its outcome, with its run and the offer that it was for', async () => {
  const { id, offer } = await findCall(`operation = 'offer.detail' AND outcome = 'ok'`);
  const page = await world.get(`/calls/${id}`);
  expect(page).toContain(`Call ${id} <span class="badge good">fine</span>`);
  expect(page).toContain('<a href="/runs/1">Run 1</a>');
  expect(page).toContain(`<a href="/products/${offer ?? ''}">`);
  for (const name of ['granted', 'sent', 'settled', 'answer took', 'HTTP status', 'lane'])
    expect(page).toMatch(new RegExp(`<dt>${name}</dt>\\s*<dd>(?!–)`));
  expect(page).toContain(`href="/calls/${id}/answer"`);
});

test('its stored answer is shown as text, whatever is in it', async () => {
  const hostile = `SELECT call_id FROM catalog.offer WHERE state = 'listed' AND subject LIKE '%<script>%'`;
  const { id } = await findCall(`call_id IN (${hostile})`);
  const page = await world.get(`/calls/${id}/answer`);
  expect(page).toContain('&quot;result&quot;');
  expect(page).toContain('&lt;script&gt;');
  expect(page).not.toContain('<script');
});

test('a call that failed says why and what to do, and error tables lead to it', async () => {
  const { id } = await findCall('http_status = 503');
  const page = await world.get(`/calls/${id}`);
  expect(page).toContain('<h2><code>GATEWAY_UNAVAILABLE</code></h2>');
  expect(page).toContain('By itself: retry.');
  expect(page).toContain('No answer of it is stored');
  for (const path of ['/problems', '/runs/1']) expect(await world.get(path)).toContain(`href="/calls/${id}"`);
  const rows = readCells(await world.get('/runs/1'), 'Calls by API and outcome');
  expect(rows.every(({ Last = '' }) => /call \d+$/.test(Last))).toBe(true);
});

test('it is found by its id, and an unknown one says why it may be gone', async () => {
  const found = await world.request('/calls?id=%2017%20');
  expect([found.status, found.headers.get('location')]).toEqual([303, '/calls/17']);
  for (const path of [
    '/calls?id=x',
    '/calls',
    '/calls/999999999',
    '/calls/x',
    '/calls/99999999999999999999/answer',
  ]) {
    const response = await world.request(path);
    expect([path, response.status]).toEqual([path, 404]);
    expect(await response.text()).toContain('its month was dropped');
  }
  for (const path of ['/problems', '/usage']) expect(await world.get(path)).toContain('action="/calls"');
});

test('the page of an offer leads to its calls and their answers', async () => {
  const { id, offer } = await findCall(`operation = 'offer.detail' AND outcome = 'ok'`);
  const page = await world.get(`/products/${offer ?? ''}`);
  expect(page).toContain(`href="/calls/${id}"`);
  expect(page).toContain(`href="/calls/${id}/answer"`);
});

test('an answer that was erased or dropped is no longer offered', async () => {
  const { id, raw } = await findCall(`operation = 'offer.detail' AND outcome = 'ok'`);
  await stack.query('DELETE FROM raw.payload WHERE raw_id = $1', [raw]);
  expect(await world.get(`/calls/${id}`)).toContain('Its answer is no longer stored.');
  expect((await world.request(`/calls/${id}/answer`)).status).toBe(404);
});
