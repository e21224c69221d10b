import { gunzipSync, gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { LosslessNumber, parse, stringify } from 'lossless-json';
import { expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { readEverything } from '../../support/read-everything.ts';
import { withTestStack, type TestStack } from '../../support/stack.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

const marker = 'PLANTED-印记';

async function cli(stack: TestStack, args: readonly string[], cwd?: string) {
  const { context, stdout, stderr } = createWorld({
    env: { DATABASE_URL: stack.database.url },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const exitCode = await runCli(args, context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

async function tablesWith(stack: TestStack, words: readonly string[]): Promise<string[]> {
  const texts = await readEverything(stack);
  return [...texts].filter(([, text]) => words.some((word) => text.includes(word))).map(([name]) => name);
}

interface Planted {
  readonly sellerId: string;
  readonly offerIds: readonly string[];
  /** What only this seller's rows hold: its id, its name, the pictures of its offers, the marker. */
  readonly words: readonly string[];
}

/** Puts the marker into the rows and answers about some offers, wherever a seller writes. */
function plantInAnswer(value: unknown, offerIds: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => plantInAnswer(item, offerIds));
  if (typeof value !== 'object' || value === null || value instanceof LosslessNumber) return value;
  const fields = Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, plantInAnswer(field, offerIds)]),
  );
  const offerId = fields['offerId'] instanceof LosslessNumber ? fields['offerId'].value : fields['offerId'];
  return offerIds.includes(String(offerId))
    ? { ...fields, subject: `${marker} wholesale`, supplierLoginId: marker, companyName: `${marker}有限公司` }
    : fields;
}

async function plant(stack: TestStack): Promise<Planted> {
  const [found] = await stack.query<{ seller_id: string; ids: string[]; urls: string[] }>(
    `SELECT seller_id, array_agg(offer_id::text) AS ids, array_agg(main_image_url) AS urls
     FROM catalog.offer WHERE seller_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1`,
  );
  const { seller_id: sellerId = '', ids: offerIds = [], urls = [] } = found ?? {};
  const answers = await stack.query<{ raw_id: string; body: Buffer }>('SELECT raw_id, body FROM raw.payload');
  for (const { raw_id: rawId, body } of answers) {
    const text = gunzipSync(body).toString();
    const planted = stringify(plantInAnswer(parse(text), offerIds)) ?? '';
    if (!planted.includes(marker)) continue;
    const digest = createHash('sha256').update(planted).digest();
    await stack.query('UPDATE raw.payload SET body = $2, body_sha256 = $3 WHERE raw_id = $1', [
      rawId,
      gzipSync(planted),
      digest,
    ]);
  }
  const inOffers = `offer_id = ANY ('{${offerIds.join(',')}}'::bigint[])`;
  await stack.query(`
    UPDATE catalog.seller SET company_name = '${marker}有限公司' WHERE seller_id = '${sellerId}';
    UPDATE catalog.offer SET subject = '${marker}', subject_translated = '${marker}', video_url = '${marker}', ship_from = '${marker}' WHERE ${inOffers};
    UPDATE catalog.sku SET label = '${marker}', attributes = '[{"value": "${marker}"}]', image_url = '${marker}', cargo_number = '${marker}' WHERE ${inOffers};
    INSERT INTO catalog.sku_history (offer_id, sku_id, valid_from, call_id, valid_to, closed_by_call_id, state, label, attributes, image_url, cargo_number, spec_id)
    SELECT offer_id, sku_id, first_seen_at, call_id, changed_at, call_id, state, label, attributes, image_url, cargo_number, label FROM catalog.sku WHERE ${inOffers};
    UPDATE catalog.seller_history SET company_name = '${marker}有限公司' WHERE seller_id = '${sellerId}';
    UPDATE catalog.offer_attribute SET value = '${marker}' WHERE ${inOffers};
    UPDATE catalog.offer SET image_urls = ARRAY['${marker}/1', '${marker}/2'], white_image_url = '${marker}/3' WHERE ${inOffers};
    INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
    SELECT offer_id, 'subject', '${marker}', '${marker}', changed_at, call_id FROM catalog.offer WHERE ${inOffers};
    INSERT INTO sync.quarantine (raw_id, call_id, operation, path, reason, sample, observed_at)
    SELECT raw_id, call_id, 'offer.detail', 'subject', 'x', '${marker}', o.observed_at
    FROM catalog.observation o JOIN raw.payload p USING (call_id) WHERE ${inOffers} AND source = 'detail';
    INSERT INTO sync.drift (operation, path, kind, seen, first_seen_at, last_seen_at, sample, last_call_id)
    SELECT 'offer.detail', 'x', 'unknown', 1, observed_at, observed_at, 'a ${marker}', call_id FROM catalog.observation WHERE ${inOffers} LIMIT 1`);
  return { sellerId, offerIds, words: [marker, sellerId, ...urls] };
}

function shopFeed(sellerId: string) {
  const text = `account: business\nfeeds:\n  - { name: shop, sellers: ["${sellerId}"] }\n  - { name: all, categories: ["0"] }\nquotas: { per_second: 1000 }\n`;
  return { text, sync: parseSyncFile(text, 'test') };
}

test('erases a seller permanently from every table and answer, also after an interruption, and no other', () =>
  withTestStack({ backend: 'postgres', sandbox: { offers: 100, categories: 30 } }, async (stack) => {
    await stack.run();
    const [first] = await stack.query<{ seller_id: string }>(
      'SELECT seller_id FROM catalog.offer WHERE seller_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1',
    );
    const shop = shopFeed(first?.seller_id ?? '');
    const shopping = await stack.openProcess({ sync: shop.sync });
    await shopping.run({ scope: 'shop' });
    const { sellerId, offerIds, words } = await plant(stack);
    expect(sellerId).toBe(first?.seller_id);
    expect(await tablesWith(stack, words)).toEqual(
      expect.arrayContaining([
        'answers',
        'catalog.seller',
        'catalog.offer',
        'catalog.sku',
        'catalog.sku_history',
        'catalog.seller_history',
        'catalog.offer_attribute',
        'catalog.offer_change',
        'sync.quarantine',
        'sync.drift',
        'sync.search_window',
        'sync.seller_observation',
      ]),
    );
    const others = `SELECT * FROM catalog.offer WHERE seller_id <> '${sellerId}' ORDER BY offer_id`;
    const prices = `SELECT * FROM catalog.price ORDER BY offer_id, sku_id, kind, min_quantity`;
    const [othersBefore, pricesBefore] = [await stack.query(others), await stack.query(prices)];

    const shown = await cli(stack, ['erase-seller', sellerId]);
    expect(shown.err).toBe('nothing was erased: add --yes to erase the data permanently\n');
    expect(shown.out).toMatch(/^catalog\.seller +1 +deleted$/m);
    expect(shown.out).toMatch(new RegExp(`^catalog\\.offer +${String(offerIds.length)} +texts`, 'm'));
    expect(shown.out).toMatch(/^raw\.payload +\d+ +the seller's rows taken out$/m);
    expect(await tablesWith(stack, words)).toContain('catalog.seller');

    await stack.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken off'; END $$;
      CREATE TRIGGER refuse BEFORE UPDATE OR DELETE ON raw.payload FOR EACH STATEMENT EXECUTE FUNCTION refuse()`);
    expect((await cli(stack, ['erase-seller', sellerId, '--yes'])).exitCode).toBe(1);
    expect(await stack.query('SELECT completed_at FROM sync.erased_seller')).toEqual([
      { completed_at: null },
    ]);
    await stack.query('DROP TRIGGER refuse ON raw.payload');

    const project = createProject({ 'catalog-sync.yaml': shop.text });
    const erased = await cli(stack, ['erase-seller', sellerId, '--yes'], project);
    expect(erased.exitCode).toBe(0);
    expect(erased.err).toMatch(
      /^seller .* is erased; .*\n.*vacuum.*\ncatalog-sync.yaml names this seller in shop: remove it there.\n$/,
    );
    expect(await tablesWith(stack, words)).toEqual([]);
    expect(await stack.query(others)).toEqual(othersBefore);
    expect(await stack.query(prices)).toEqual(pricesBefore);
    expect((await cli(stack, ['explain', offerIds[0] ?? ''])).exitCode).toBe(0);

    const again = await cli(stack, ['erase-seller', sellerId, '--yes', '--json']);
    const { sellerId: asked, ...counts } = JSON.parse(again.out) as Record<string, unknown>;
    expect(asked).toBe(sellerId);
    expect(new Set(Object.values(counts))).toEqual(new Set([0]));
    expect(again.err).toMatch(/^no data of seller .* is stored: it was erased at \d{4}-/);

    await stack.advance(25 * 3_600_000);
    const callsBefore = await stack.query("SELECT FROM usage.api_call WHERE operation = 'search.seller'");
    await shopping.run({ scope: 'shop' });
    expect(await tablesWith(stack, words)).toEqual([]);
    expect(await stack.query("SELECT FROM usage.api_call WHERE operation = 'search.seller'")).toHaveLength(
      callsBefore.length,
    );
    const fetched = await stack.query<{ offer_id: string }>(
      `SELECT offer_id FROM catalog.observation WHERE observed_at > usage.ledger_now() - interval '1 hour'`,
    );
    expect(fetched.length).toBeGreaterThan(0);
    expect(fetched.filter((row) => offerIds.includes(row.offer_id))).toEqual([]);
  }));

test('an unknown seller is kept out as well', () =>
  withTestStack({ backend: 'postgres', sandbox: { offers: 100 } }, async (stack) => {
    expect((await cli(stack, ['erase-seller', 'nobody-here'])).err).toMatch(
      /^nothing is stored of seller nobody-here: .*\nNothing was changed: .*\n$/,
    );
    expect((await cli(stack, ['erase-seller', 'nobody-here', '--yes'])).exitCode).toBe(0);
    expect((await cli(stack, ['erase-seller', 'nobody-here'])).err).toMatch(
      /^nothing is stored of seller nobody-here: .*\nThe id is remembered since \d{4}-/,
    );
    expect((await cli(stack, ['erase-seller', 'a b'])).exitCode).toBe(2);
  }));
