import { afterAll, beforeAll, expect, test } from 'vitest';
import { api } from '../../../support/open-ledger.ts';
import { openPagesWorld, type PagesWorld } from '../../../support/pages-world.ts';
import { readFacts, readWords } from '../../../support/read-words.ts';
import { detailOf } from '../../../support/stored-answers.ts';
import { insertCalls, pastCall } from '../../views/usage-calls.ts';

/* Each figure of the page of a call, against a row of the ledger. */

const answers = new Map<string, string>();
let world: PagesWorld;
beforeAll(async () => {
  world = await openPagesWorld('2026-11-26T12:00:00+08:00', {
    readAnswer: (rawId) => {
      const text = answers.get(rawId);
      if (text === undefined) return Promise.resolve(null);
      return Promise.resolve({
        ...{
          rawId,
          callId: '1',
          runId: null,
          windowId: null,
          request: detailOf('601'),
          observedAt: new Date(),
        },
        ...{ httpStatus: 203, body: Buffer.from(text) },
      });
    },
  });
  const at = (seconds: number, changes: Parameters<typeof pastCall>[1]) =>
    pastCall(`2026-11-26T11:00:0${String(seconds)}+08:00`, changes);
  await insertCalls(world.ledger.db.pool, [
    at(0, { callId: '1', bytes: 2000, rows: 3000, refreshStats: [4000, 0, 5000, 6000], latencyMs: 7000 }),
    at(1, {
      callId: '2',
      state: 'reserved',
      outcome: null,
      latencyMs: null,
      bytes: null,
      rows: null,
      httpStatus: null,
    }),
    at(2, { callId: '3', state: 'unknown', outcome: null }),
    at(3, { callId: '4', state: 'refunded', outcome: 'not_sent' }),
    at(4, { callId: '5', outcome: 'gateway_error', gatewayCode: 'gw.APIACLDecline', httpStatus: 400 }),
    at(5, { callId: '6', outcome: 'business_error', gatewayCode: 'odd-code', windowId: '9' }),
  ]);
  await world.execute(
    `INSERT INTO sync.search_window (window_id, feed, keyword, language) OVERRIDING SYSTEM VALUE VALUES (9, 'bags', 'x', 'en')`,
  );
  await world.execute(
    `UPDATE usage.api_call SET send_at = granted_at + interval '2 s', sent_at = granted_at + interval '3 s',
       settled_at = granted_at + interval '90 s', run_id = 12, job_id = '12-d7', raw_id = 77,
       request = '{"operation": "offer.detail", "offerId": "601", "categoryId": 7, "sellerId": "a&b", "page": 2, "none": null, "more": {"a": [1]}}'
     WHERE call_id = 1`,
  );
  await world.execute(`UPDATE usage.api_call SET raw_id = 78 WHERE call_id = 6`);
  await world.execute(
    `INSERT INTO raw.payload (raw_id, stored_at, call_id, operation, request, request_hash, observed_at, http_status, body, body_bytes,
       body_sha256, loaded_at)
     SELECT 77, granted_at, 1, operation, request, request_hash, granted_at, 200, '', 0, '', '2026-11-26T11:30:00+08:00'
     FROM usage.api_call WHERE call_id = 1`,
  );
});
afterAll(() => world.close());

const facts = async (id: number) => readFacts(await world.get(`/calls/${String(id)}`));

test('a call has what it asked for, with links to what that names', async () => {
  expect(await facts(1)).toEqual({
    ...{
      API: 'product.search.queryProductDetail',
      operation: 'offer.detail',
      lane: 'refresh',
      run: 'Run 12',
    },
    ...{ job: '12-d7', offerId: '601', categoryId: '7', sellerId: 'a&amp;b', page: '2', none: '–' },
    ...{
      more: '{&quot;a&quot;:[1]}',
      granted: '2026-11-26 11:00',
      'send time': '2026-11-26 11:00 (after 2 s)',
    },
    ...{ sent: '2026-11-26 11:00 (after 3 s)', settled: '2026-11-26 11:01 (after 1 min)' },
    ...{ 'answer took': '7,000 ms', state: 'answered', 'HTTP status': '200', 'code of 1688': '–' },
    ...{ bytes: '2,000', 'rows loaded': '3,000', 'new offers': '4,000', 'changed offers': '5,000' },
    ...{ 'changed prices': '6,000', loaded: '2026-11-26 11:30' },
  });
  const page = await world.get('/calls/1');
  for (const link of ['/runs/12', '/products/601', '/products?category=7', '/products?seller=a%26b'])
    expect(page).toContain(`<a href="${link}">`);
  expect(page).toContain(`title="${api}"`);
  expect(page).toContain('<span class="badge good">fine</span>');
  expect(page).not.toContain('hero bad');
});

test('of what is not known of a call there is a dash', async () => {
  expect(await facts(2)).toEqual({
    ...{ API: 'product.search.queryProductDetail', operation: 'offer.detail', lane: 'refresh', run: 'none' },
    ...{ granted: '2026-11-26 11:00', 'send time': '2026-11-26 11:00 (after 0 s)', sent: '–', settled: '–' },
    ...{ 'answer took': '–', state: 'under way', 'HTTP status': '–', 'code of 1688': '–', bytes: '–' },
    ...{
      'rows loaded': '–',
      'new offers': '–',
      'changed offers': '–',
      'changed prices': '–',
      loaded: 'not yet',
    },
  });
  expect(await facts(6)).toMatchObject({ feed: 'bags', 'code of 1688': 'odd-code' });
});

test('an answer waits to be loaded only where it is stored', async () => {
  const loaded = async (id: number) => (await facts(id))['loaded'];
  // Three brought nothing to load; the answer of the last is no longer stored, nor when it was loaded.
  expect(await Promise.all([3, 4, 5, 6].map(loaded))).toEqual(['–', '–', '–', '–']);
  await world.execute(`UPDATE raw.payload SET loaded_at = NULL`);
  expect(await loaded(1)).toBe('not yet');
  await world.execute(`UPDATE raw.payload SET loaded_at = '2026-11-26T11:30:00+08:00'`);
});

test.each([
  [2, 'busy', 'under way', null],
  [
    3,
    'warn',
    'end unknown: it counts',
    '1688 or the way to it: unknown. The log has details. By itself: retry.',
  ],
  [4, 'warn', 'not sent', 'GATEWAY_STOPPED Nothing: the process was stopping.'],
  [5, 'warn', 'gateway error', 'GATEWAY_NO_GRANT'],
  [6, 'warn', 'business error', 'GATEWAY_BUSINESS_REFUSED The gateway'],
])('call %d is %s, and says why it brought nothing', async (id, tone, word, cause) => {
  const page = await world.get(`/calls/${String(id)}`);
  expect(page).toContain(`<span class="badge ${tone}">${word}</span>`);
  if (cause === null) expect(page).not.toContain('hero bad');
  else
    expect(readWords(/<section class="card hero bad">[\s\S]*?<\/section>/.exec(page)?.[0] ?? '')).toContain(
      cause,
    );
});

test('an answer is offered while it is stored, and otherwise it is said why not', async () => {
  const page = await world.get('/calls/1');
  expect(page).toContain('href="/calls/1/answer"');
  expect(page).not.toContain('erased');
  expect(await world.get('/calls/2')).toContain('No answer of it is stored: only good ones are.');
  expect(await world.get('/calls/6')).toContain('Its answer is no longer stored.');
  await world.execute(`UPDATE raw.payload SET erased_at = '2026-11-26T11:40:00+08:00'`);
  expect(readWords(await world.get('/calls/1'))).toContain('Show the stored answer erased 2026-11-26 11:40');
});

test('a long answer is shown to a limit, and says so', async () => {
  answers.set('77', 'x'.repeat(200_000));
  const whole = await world.get('/calls/1/answer');
  expect(readWords(whole)).toContain('Answer of call 1 200,000 bytes, HTTP status 203. The call x');
  expect(whole).not.toContain('Only the first');
  answers.set('77', `${'x'.repeat(200_000)}y`);
  const cut = await world.get('/calls/1/answer');
  expect(cut).toContain('Only the first 200,000 characters are shown.');
  expect(cut).not.toContain('xy');
  for (const path of ['/calls/6/answer', '/calls/2/answer'])
    expect((await world.web.request(path)).status).toBe(404);
  answers.clear();
  expect(readWords(await (await world.web.request('/calls/1/answer')).text())).toContain('Page not found');
});

test('a call of which nothing is stored is none', async () => {
  for (const path of ['/calls/7', '/calls/7/answer', '/calls/x', '/calls/x/answer'])
    expect(await (await world.web.request(path)).text()).toContain('No such call');
});
