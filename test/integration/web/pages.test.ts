import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestStack, type TestStack } from '../../support/stack.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { readMarkup } from '../../support/read-markup.ts';
import { openWebWorld, type WebWorld } from '../../support/web-world.ts';

/** What runs, or loads from where it says. None is on a page, as long as nothing is live on it. */
const active = new Set(['script', 'style', 'iframe', 'object', 'embed', 'base']);

const attack = `"><script>alert(1)</script><img src=x onerror=alert(2)>'\u202e`;

/** Every text of others that a page may show, made hostile; titles are by the sandbox. */
const poison = [
  `UPDATE catalog.seller SET company_name = $1::text || seller_id`,
  `UPDATE catalog.category SET name_zh = $1::text || category_id, name_translated = $1::text`,
  `UPDATE catalog.sku SET label = $1::text, cargo_number = $1::text, image_url = 'javascript:alert(3)//' || $1::text`,
  `UPDATE catalog.offer SET unit = $1::text, ship_from = $1::text, source_status = $1::text`,
  `UPDATE catalog.offer_attribute SET name = $1::text, value = $1::text`,
  `UPDATE catalog.offer SET image_urls = ARRAY['https://evil.example/' || $1::text, 'javascript:alert(4)//' || $1::text]
   WHERE image_urls IS NOT NULL`,
  `UPDATE catalog.offer SET main_image_url = 'javascript:alert(5)//' || $1::text WHERE offer_id % 2 = 0`,
  `INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
   SELECT offer_id, $1::text, $1::text, $1::text, r.detail_at, r.detail_call_id FROM sync.refresh r WHERE detail_at IS NOT NULL`,
  `UPDATE sync.quarantine SET sample = $1::text, path = $1::text, reason = $1::text || quarantine_id`,
  `INSERT INTO sync.drift (operation, path, kind, seen, first_seen_at, last_seen_at, sample, last_call_id)
   VALUES ($1::text, $1::text, 'unknown', 1, now(), now(), $1::text, 1)`,
  `INSERT INTO usage.api_hold (api, code, held_at, reason) VALUES ($1::text, $1::text, now(), $1::text)`,
  `UPDATE sync.run SET trigger = $1::text, cause = $1::text, feeds = jsonb_build_array($1::text), scope = $1::text`,
  `UPDATE usage.api_call SET gateway_code = $1::text, outcome = 'gateway_error' WHERE call_id % 5 = 0`,
  `UPDATE sync.worker SET host = $1::text, version = $1::text, whole_file_hash = $1::text, last_error_code = $1::text, failing_code = $1::text, failing_since = now()`,
  `INSERT INTO sync.tracked_change (tracker, offer_id, field, condition, old, new, not_before, seen_at, noted_at)
   SELECT $1::text, offer_id, 'state', 'delisted', $1::text, $1::text, now() - interval '1 day', now(), now() FROM catalog.offer`,
  `INSERT INTO sync.operator_action (actor, action, subject, outcome) VALUES ($1::text, $1::text, $1::text, $1::text)`,
];

describe('over a catalog that others have written into', () => {
  let stack: TestStack;
  let world: WebWorld;
  let paths: string[];
  beforeAll(async () => {
    stack = await openTestStack({
      backend: 'postgres',
      sandbox: { faults: [{ kind: 'hostile_titles' }, { kind: 'absurd_prices', count: 20 }] },
    });
    await stack.run();
    for (const statement of poison) await stack.query(statement, [attack]);
    await stack.query(
      'UPDATE sync.refresh SET not_before = usage.ledger_now() + $1::interval WHERE offer_id % 3 = 0',
      ['1 hour'],
    );
    world = await openWebWorld({ database: stack.database, env: stack.env });
    const offers = await stack.query<{ id: string }>(
      `SELECT offer_id::text AS id FROM catalog.offer ORDER BY subject LIKE '%script%' DESC NULLS LAST LIMIT 3`,
    );
    const query = `q=${encodeURIComponent(attack)}&seller=${encodeURIComponent(attack)}&min=1&max=9`;
    const list = [
      '/',
      '/runs',
      '/runs/1',
      '/usage',
      '/usage?by=day',
      '/products',
      '/problems',
      '/api-status',
      '/workers',
      '/calls/1',
      '/calls/2/answer',
      '/runs/1?changes=all',
      `/runs?scope=${encodeURIComponent(attack)}&state=${encodeURIComponent(attack)}`,
    ];
    paths = [
      ...list,
      `/products?${query}`,
      ...offers.map(({ id }) => `/products/${id}`),
      `/products?done=${query}`,
      '/trackers',
      `/trackers?tracker=${encodeURIComponent(attack)}`,
    ];
  });
  afterAll(async () => {
    await world.close();
    await stack.close();
  });

  test('no text of theirs becomes markup, on any page', async () => {
    for (const path of paths) {
      const page = await world.get(path);
      expect(page, path).toContain('<strong>SANDBOX</strong> using mock data');
      // Every `<`, `>` and quote is one of ours, or this throws.
      const tags = readMarkup(page);
      expect(
        tags.filter(({ name }) => active.has(name)),
        path,
      ).toEqual([]);
      const attributes = tags.flatMap(({ attributes: of }) => [...of.keys()]);
      expect(
        attributes.filter((name) => /^on|^style$|^srcdoc$|^formaction$/.test(name)),
        path,
      ).toEqual([]);
      expect(page.match(/<img(?! src="\/picture\/img\/ibank\/)/g), path).toBeNull();
      expect(page, path).not.toMatch(/(href|src|action)="(?!\/|#|https:\/\/openclub|http:\/\/localhost:)/);
      expect(page, path).not.toContain('\u202e');
    }
  });

  test('who listens finds the way: one heading of the page, its parts, and a name for each table and form', async () => {
    for (const path of paths) {
      const page = await world.get(path);
      const count = (pattern: RegExp) => page.match(pattern)?.length ?? 0;
      expect([count(/<h1/g), count(/<main/g), count(/<header/g), count(/<nav/g)], path).toEqual([1, 1, 1, 1]);
      expect(page, path).toMatch(/<body>\s*<a class="skip" href="#content">/);
      expect(count(/<caption>\s*\S/g), path).toBe(count(/<table/g));
      expect(count(/<th scope="col"/g), path).toBe(count(/<th[ >]/g));
      const inputs = page.match(/<(select|input)(?![^>]*type="hidden")/g) ?? [];
      expect(count(/<label/g), path).toBeGreaterThanOrEqual(inputs.length);
    }
  });

  test('they are shown as they are', async () => {
    expect(await world.get('/problems')).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(await world.get(paths[14] ?? '')).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(await world.get('/products')).toMatch(/src="\/picture\/img\/ibank\/[^"]+" alt=""/);
  });

  test('pictures come from the sandbox by way of us, and from nowhere else', async () => {
    const path = /src="(\/picture\/[^"]+)"/.exec(await world.get('/products'))?.[1] ?? '';
    const productImage = await world.request(path);
    expect(productImage.headers.get('content-type')).toBe('image/svg+xml');
    expect(await productImage.text()).toContain('<svg');
    for (const other of [
      '/picture/_sandbox/stats',
      '/picture/img/ibank/../../_sandbox/stats',
      '/picture/img/ibank/%2e%2e/x',
    ])
      expect((await world.request(other)).status).toBe(404);
  });

  test('live pictures are linked, and loaded without a referrer only where that is configured', async () => {
    const linking = await openWebWorld({
      database: stack.database,
      deps: { imageSource: { kind: 'link' } },
    });
    const page = await linking.get('/products');
    expect(page).toMatch(/<a href="https:\/\/[\w-]+\.(alicdn|1688)\.com\/[^"]+" rel="noreferrer noopener"/);
    expect(page).not.toContain('<img');
    await linking.close();
    const loading = await openWebWorld({
      database: stack.database,
      deps: { imageSource: { kind: 'remote' } },
    });
    const response = await loading.request('/products');
    const policy = response.headers.get('content-security-policy');
    expect(policy).toMatch(/img-src 'self'( https:\/\/\*\.[a-z0-9]+\.(com|cn))+;/);
    for (const domain of ['alicdn.com', '1688.com', 'aliyuncs.com'])
      expect(policy).toContain(` https://*.${domain}`);
    expect(await response.text()).toMatch(
      /<img\s+src="https:\/\/[^"]+" alt="" [^>]*referrerpolicy="no-referrer"/,
    );
    await loading.close();
  });

  test('the banner and the checklist go by what was fetched, not by the settings', async () => {
    const live = await openWebWorld({
      database: stack.database,
      env: { ALIBABA_API_URL: 'https://gw.open.1688.com/openapi' },
    });
    expect(await live.get('/products')).toContain('<strong>SANDBOX</strong> using mock data');
    expect(await live.get('/api-status')).toMatch(
      /○ open[^✓]*Seeing real products[^✓]*mock data of a sandbox/,
    );
    await stack.query(`UPDATE sync.database_identity SET source = 'live'`);
    expect(await world.get('/products')).toContain('<strong>LIVE</strong> real data from 1688.com');
    expect(await live.get('/api-status')).toMatch(
      /✓ done<\/span\s*><\/span\s*>\s*<p><strong>Seeing real products<\/strong><br \/><span class="muted">\d+ offers from 1688.com/,
    );
    await stack.query(`UPDATE sync.database_identity SET source = NULL`);
    expect(await live.get('/api-status')).toMatch(/<strong>EMPTY<\/strong> nothing was fetched yet/);
    await stack.query(`UPDATE sync.database_identity SET source = 'sandbox'`);
    await live.close();
  });

  test('finds offers by title, category, seller and price, a page at a time', async () => {
    const idsOf = (page: string) =>
      [...page.matchAll(/class="title"\s+href="\/products\/(\d+)"/g)].map(([, id]) => id);
    const ids = async (query: string) => idsOf(await world.get(`/products?${query}`));
    const of = async (where: string) =>
      (
        await stack.query<{ id: string }>(
          `SELECT offer_id::text AS id FROM analytics.dim_offer WHERE ${where} ORDER BY offer_id DESC LIMIT 24`,
        )
      ).map(({ id }) => id);
    expect(await ids('')).toEqual(await of('true'));
    expect(await ids(`below=${(await of('true')).at(-1) ?? ''}`)).toEqual(
      await of(
        'offer_id < (SELECT min(offer_id) FROM (SELECT offer_id FROM catalog.offer ORDER BY 1 DESC LIMIT 24) t)',
      ),
    );
    const [one] = await stack.query<{ seller: string; category: string; word: string }>(
      `SELECT seller_id AS seller, category_id::text AS category, right(subject, 4) AS word
       FROM catalog.offer WHERE seller_id IS NOT NULL LIMIT 1`,
    );
    const { seller = '', category = '', word = '' } = one ?? {};
    expect(await ids(`seller=${encodeURIComponent(seller)}`)).toEqual(await of(`seller_id = '${seller}'`));
    expect(await ids(`category=${category}`)).toEqual(await of(`category_id = ${category}`));
    expect(await ids(`q=${encodeURIComponent(word)}`)).toEqual(await of(`strpos(subject, '${word}') > 0`));
    const shown = `kind::text = CASE WHEN lowest_list_cny IS NULL THEN 'search' ELSE 'list' END AND amount_cny BETWEEN 5 AND 10`;
    expect(await ids('min=5&max=10')).toEqual(
      await of(`EXISTS (SELECT FROM catalog.price p WHERE p.offer_id = dim_offer.offer_id AND ${shown})`),
    );
    expect(await ids('category=1;drop&min=x&below=-1')).toEqual(await of('true'));
  });
});

const sections = [
  '/',
  '/runs',
  '/workers',
  '/trackers',
  '/usage',
  '/products',
  '/problems',
  '/queues',
  '/api-status',
];

describe('what can be done', () => {
  let database: TestDatabase;
  let world: WebWorld;
  beforeAll(async () => {
    database = await createTestDatabase();
    world = await openWebWorld({ database });
  });
  afterAll(async () => {
    await world.close();
    await database.drop();
  });

  const query = async (sql: string) => (await database.pool.query<Record<string, unknown>>(sql)).rows;
  const actions = () =>
    query('SELECT action, subject, outcome FROM sync.operator_action ORDER BY action_id DESC LIMIT 1');

  test('before the first run, every page is there', async () => {
    for (const path of sections) {
      const response = await world.request(path);
      expect(response.status, path).toBe(200);
      // Commands are marked up.
      expect(await response.text(), path).not.toContain('`');
    }
    expect(await world.get('/')).toContain('No sync yet');
    expect((await world.request('/runs/1')).status).toBe(404);
    expect((await world.request('/products/99999999999999999999')).status).toBe(404);
  });

  test('commands can be typed as they are read, on every page', async () => {
    const world = await openWebWorld({ database, deps: { command: 'node bin/x.js --project <a>' } });
    for (const path of sections) expect(await world.get(path), path).not.toMatch(/<code>catalog-sync [a-z]/);
    expect(await world.get('/')).toContain('<code>node bin/x.js --project &lt;a&gt; sync</code>');
    await world.close();
  });

  test('a run begins once, and is cancelled', async () => {
    const begun = await world.post('/actions/run', { scope: 'bags' });
    expect([begun.status, begun.headers.get('location')]).toEqual([303, '/runs/1?done=run-begun']);
    expect(await query('SELECT scope, trigger, status, feeds FROM sync.run')).toEqual([
      { scope: 'all', trigger: 'web', status: 'running', feeds: ['bags'] },
    ]);
    expect(await actions()).toEqual([{ action: 'run', subject: 'bags', outcome: 'begun: run 1' }]);
    const again = await world.post('/actions/run', { scope: 'bags' });
    expect(again.headers.get('location')).toBe('/runs/1?done=run-active');
    expect(await world.get('/runs/1')).toContain('data-live="/runs/1/events"');

    await database.pool.query("UPDATE sync.run SET heartbeat_at = now() - interval '1 minute'");
    expect(await world.get('/')).toContain('no process works on it');
    await world.post('/actions/cancel/1');
    expect(await query('SELECT status, cause FROM sync.run')).toEqual([
      { status: 'cancelled', cause: 'operator' },
    ]);
    expect(await actions()).toEqual([{ action: 'cancel', subject: 'run 1', outcome: 'done' }]);

    const late = await world.post('/actions/cancel/1');
    expect(await late.text()).toContain('RUN_NOT_ACTIVE');
    expect(await actions()).toEqual([{ action: 'cancel', subject: 'run 1', outcome: 'RUN_NOT_ACTIVE' }]);
    expect(await (await world.post('/actions/run', { scope: 'none' })).text()).toContain('RUN_SCOPE_UNKNOWN');
  });

  test('an API is held and resumed, with who did it', async () => {
    const api = 'com.alibaba.product:alibaba.category.get:1';
    await world.post('/actions/hold', { api, reason: ' a sale: 双11\n' });
    expect(await query('SELECT api, code, reason FROM usage.api_hold')).toEqual([
      { api, code: 'HELD_BY_HAND', reason: 'a sale: 双11' },
    ]);
    expect(await world.get('/')).toContain('One issue needs a person');
    await world.post('/actions/resume', { api });
    expect(await query('SELECT FROM usage.api_hold')).toEqual([]);
    const [row] = await query(
      'SELECT actor, acted_at, outcome FROM sync.operator_action ORDER BY 2 DESC LIMIT 1',
    );
    expect(row).toMatchObject({
      actor: expect.stringMatching(/^this machine, session [\w-]{6}$/) as string,
      outcome: 'done',
    });
    expect((await world.post('/actions/hold', { api: "x'; drop" })).status).toBe(400);
  });

  test('a target that was given up is made due again', async () => {
    await database.pool.query(
      `INSERT INTO sync.refresh (offer_id, first_seen_at, not_before)
       VALUES (71, now(), now() + interval '5 hours'), (72, now(), now() - interval '1 hour')`,
    );
    expect(await world.get('/problems')).toContain('href="/products/71"');
    await world.post('/actions/retry');
    expect(await query('SELECT FROM sync.refresh WHERE not_before > now()')).toEqual([]);
    expect((await actions())[0]).toMatchObject({ outcome: 'done: 1 target' });
  });

  test('the progress of a run ends with it', async () => {
    const response = await world.request('/runs/1/events', { headers: { accept: 'text/event-stream' } });
    const text = await response.text();
    expect(text).toMatch(/^event: progress\ndata: .*cancelled.*\n\nevent: end\ndata: cancelled\n\n$/);
  });

  test('without a sync file, nothing is done', async () => {
    const reading = await openWebWorld({ database, deps: { actions: null } });
    expect(await reading.get('/runs')).not.toContain('Run now');
    const csrf = /name="csrf" value="([^"]+)"/.exec(await reading.get('/runs'))?.[1];
    expect(csrf).toBeUndefined();
    await reading.close();
  });
});
