import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from '../../support/open-ledger.ts';
import { openPagesWorld, type PagesWorld } from '../../support/pages-world.ts';
import { readWords } from '../../support/read-words.ts';

/* What a form may carry, and where it leads. */

let world: PagesWorld;
beforeAll(async () => {
  world = await openPagesWorld('2026-11-26T12:00:00+08:00');
});
afterAll(() => world.close());

const post = (path: string, fields: Readonly<Record<string, string>>) => world.web.post(path, fields);
const lastAction = async () => {
  const { rows } = await world.ledger.db.pool.query<{ action: string; subject: string; outcome: string }>(
    'SELECT action, subject, outcome FROM sync.operator_action ORDER BY action_id DESC LIMIT 1',
  );
  return rows[0];
};

test.each<[string, Record<string, string>]>([
  ['/actions/run', {}],
  ['/actions/run', { scope: '' }],
  ['/actions/run', { scope: 'a b' }],
  ['/actions/run', { scope: 'x'.repeat(65) }],
  ['/actions/cancel/0', {}],
  ['/actions/cancel/x', {}],
  ['/actions/hold', {}],
  ['/actions/hold', { api: '' }],
  ['/actions/hold', { api: '**' }],
  ['/actions/hold', { api: 'a:b:c:d' }],
  ['/actions/hold', { api: 'x'.repeat(101) }],
  ['/actions/resume', { api: 'a b' }],
  ['/actions/retry', { operation: 'odd' }],
  ['/actions/retry', { id: '1' }],
  ['/actions/retry', { operation: 'offer.detail', id: '0' }],
])('%s refuses %j', async (path, fields) => {
  const response = await post(path, fields);
  expect([response.status, await response.text()]).toEqual([400, 'the form has no valid action\n']);
});

test('an API is held by its name or by *, with a reason of two hundred characters', async () => {
  for (const of of ['*', '@both', 'x'.repeat(100), api]) {
    const held = await post('/actions/hold', { api: of });
    expect([held.status, held.headers.get('location')]).toEqual([303, '/problems?done=held#holds']);
    expect(await lastAction()).toEqual({ action: 'hold', subject: of, outcome: 'done' });
  }
  await post('/actions/hold', { api: '*', reason: ` a\u0007b ${'x'.repeat(300)}` });
  const { rows } = await world.ledger.db.pool.query<{ reason: string }>(
    `SELECT reason FROM usage.api_hold WHERE api = '*' AND reason IS NOT NULL`,
  );
  expect(rows[0]?.reason).toBe(`a b ${'x'.repeat(196)}`);
  expect((await lastAction())?.outcome).toBe(`done: a b ${'x'.repeat(196)}`);
});

test('an API that was not held is resumed all the same, and says so', async () => {
  const resumed = await post('/actions/resume', { api });
  expect(resumed.headers.get('location')).toBe('/problems?done=resumed#holds');
  expect(await lastAction()).toEqual({ action: 'resume', subject: api, outcome: 'done' });
  const again = await post('/actions/resume', { api });
  expect(again.headers.get('location')).toBe('/problems?done=not-held#holds');
  expect((await lastAction())?.outcome).toBe('was not held');
});

test('a run that is active already is shown, and the scope is in the log', async () => {
  const begun = await post('/actions/run', { scope: 'bags' });
  expect(begun.headers.get('location')).toBe('/runs/1?done=run-begun');
  expect(await lastAction()).toEqual({ action: 'run', subject: 'bags', outcome: 'begun: run 1' });
  const again = await post('/actions/run', { scope: 'bags' });
  expect(again.headers.get('location')).toBe('/runs/1?done=run-active');
  expect((await lastAction())?.outcome).toBe('active already: run 1');
  const cancelled = await post('/actions/cancel/1', {});
  expect(cancelled.headers.get('location')).toBe('/runs/1?done=cancelled');
});

test('an action that fails says by what and what to do', async () => {
  const late = await post('/actions/cancel/1', {});
  expect(late.status).toBe(200);
  expect(readWords(await late.text())).toMatch(/The action failed RUN_NOT_ACTIVE \w.* Overview/);
});

test('what was given up is retried, all of it or what was chosen', async () => {
  const giveUp = () =>
    world.execute(
      `INSERT INTO sync.refresh (offer_id, first_seen_at, not_before) VALUES (71, now(), '2026-11-27Z'), (72, now(), '2026-11-27Z')
       ON CONFLICT (offer_id) DO UPDATE SET not_before = excluded.not_before`,
    );
  await giveUp();
  const one = await post('/actions/retry', { operation: 'offer.detail', id: '71' });
  expect(one.headers.get('location')).toBe('/problems?done=retried#given-up');
  expect(await lastAction()).toEqual({
    action: 'retry',
    subject: 'offer.detail 71',
    outcome: 'done: 1 target',
  });
  await giveUp();
  await post('/actions/retry', {});
  expect(await lastAction()).toEqual({
    action: 'retry',
    subject: 'all that was given up',
    outcome: 'done: 2 targets',
  });
});

test.each([
  ['run-begun', 'The run has started.'],
  ['held', 'The API is held. Calls in flight still finish.'],
  ['not-held', 'The API was not held.'],
])('a page says what became of %s', async (word, said) => {
  expect(await world.get(`/problems?done=${word}`)).toContain(`role="status">${said}</p>`);
});

test('what no action has said is no notice', async () => {
  for (const query of ['', '?done=', '?done=toString', '?done=odd'])
    expect(await world.get(`/problems${query}`)).not.toContain('class="notice good"');
});

test('a hold that could not be kept is none', async () => {
  const before = await lastAction();
  // The page with the form can be read all the same.
  await world.execute('ALTER TABLE usage.api_hold ADD CONSTRAINT no_more CHECK (false) NOT VALID');
  try {
    const refused = await post('/actions/hold', { api: '*', reason: 'not kept' });
    expect(refused.status).toBe(500);
    expect(refused.headers.get('location')).toBeNull();
    expect(await lastAction()).toEqual(before);
  } finally {
    await world.execute('ALTER TABLE usage.api_hold DROP CONSTRAINT no_more');
  }
});

test.each<[string, string, Record<string, string>]>([
  ['was done', '/actions/resume', { api }],
  ['failed', '/actions/cancel/9', {}],
])('an action that %s and could not be recorded is an error', async (_, path, fields) => {
  await world.execute('ALTER TABLE sync.operator_action ADD CONSTRAINT no_more CHECK (false) NOT VALID');
  try {
    const response = await post(path, fields);
    expect([response.status, response.headers.get('location')]).toEqual([500, null]);
  } finally {
    await world.execute('ALTER TABLE sync.operator_action DROP CONSTRAINT no_more');
  }
});
