import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { found, learnNothing, provenance, seller } from '../../support/answers.ts';
import { createLogger } from '../../../src/core/log.ts';
import { createCatalogStore } from '../../../src/load/catalog-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

/* What the command says; what is erased is in the tests of maintenance. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  const log = createLogger({ level: 'silent', pretty: false });
  const store = createCatalogStore({ pool: db.pool, learn: learnNothing, log, read: () => null });
  await store.load([found('71', provenance(1), { seller: seller('seller-shown') })]);
});
afterAll(() => db.drop());

async function run(args: readonly string[], more: { readonly cwd?: string; readonly typed?: string } = {}) {
  const { context, stdout, stderr } = createWorld({ env: { DATABASE_URL: db.url }, ...more });
  const exitCode = await runCli(['erase-seller', ...args], context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

const nothingErased = 'nothing was erased: add --yes to erase the data permanently\n';

const feeds = (text: string) =>
  createProject({ 'catalog-sync.yaml': `account: business\nfeeds:\n${text}quotas: { per_second: 1000 }\n` });

test('the feeds that name the seller are named, and no others', async () => {
  const two =
    '  - { name: shop, sellers: [other, seller-shown] }\n  - { name: shops, sellers: [seller-shown] }\n';
  const one = '  - { name: bags, keywords: [b], sellers: [other] }\n';
  expect(await run(['seller-shown'], { cwd: feeds(two + one) })).toMatchObject({
    exitCode: 0,
    err: `${nothingErased}catalog-sync.yaml names this seller in shop, shops: remove it there.\n`,
  });
  expect((await run(['seller-shown'], { cwd: feeds(one) })).err).toBe(nothingErased);
  expect((await run(['seller-shown'])).err).toBe(nothingErased);
});

test('what is stored is a table, or JSON, and how far the search is can be seen on a terminal only', async () => {
  const { out } = await run(['seller-shown']);
  expect(out).toMatch(/^table +rows +by erasing$/m);
  expect(out).toMatch(/^catalog\.seller +1 +deleted$/m);
  const { out: json, err } = await run(['seller-shown', '--json']);
  expect(JSON.parse(json)).toMatchObject({
    ...{ sellerId: 'seller-shown', seller: 1, offer: 1, refresh: 1, answersDeleted: 0 },
  });
  expect(err).not.toContain('searched');
  expect((await run(['seller-shown'], { typed: '' })).err).toContain(
    '\r0 stored answers searched\u001b[K\r\u001b[K',
  );
  expect((await run(['seller-shown', '--quiet'], { typed: '' })).err).not.toContain('searched');
});

test('a seller of whom nothing is stored has no table; what was searched is said, and what --yes does', async () => {
  const nothing =
    'nothing is stored of seller nobody-here: the catalog, the searches, the calls and 0 stored answers do not name it. Check the id: catalog.seller has those that are known.\n';
  expect(await run(['nobody-here'])).toEqual({
    exitCode: 0,
    out: '',
    err: `${nothing}Nothing was changed: add --yes to keep the data of this seller out of later answers, too.\n`,
  });
  expect(await run(['nobody-here', '--yes'])).toEqual({
    exitCode: 0,
    out: '',
    err: `${nothing}Nothing was erased, and the id is remembered: data of this seller in later answers is not stored (docs/privacy.md).\n`,
  });
  // Nothing of it was ever erased.
  const since =
    /^The id is remembered since \d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? \(Shanghai\): data of this seller in later answers is not stored \(docs\/privacy\.md\)\.\n$/;
  for (const args of [['nobody-here'], ['nobody-here', '--yes']]) {
    const { err } = await run(args);
    expect(err.slice(0, nothing.length)).toBe(nothing);
    expect(err.slice(nothing.length)).toMatch(since);
  }
});

test('an erased seller whose data came back is erased again', async () => {
  await run(['seller-shown', '--yes']);
  await db.pool.query(
    `INSERT INTO catalog.seller (seller_id, changed_at, call_id) VALUES ('seller-shown', now(), 1)`,
  );
  expect((await run(['seller-shown'])).err).toBe(nothingErased);
  expect((await run(['seller-shown', '--yes'])).err).toMatch(
    /^seller seller-shown is erased; data of this seller in later answers is not stored .*\nPostgres keeps old row versions .*\n$/,
  );
  expect((await run(['seller-shown'])).err).toMatch(
    /^no data of seller seller-shown is stored: it was erased at /,
  );
});

test('an erasure that was interrupted when nothing was left ends like any other', async () => {
  await run(['seller-half', '--yes']);
  await db.pool.query(
    `UPDATE sync.erased_seller SET completed_at = NULL WHERE seller_hash = sha256('seller-half')`,
  );
  expect(await run(['seller-half'])).toMatchObject({
    exitCode: 0,
    err: 'no data of seller seller-half is stored, but its erasure was interrupted: add --yes to complete it\n',
  });
  expect((await run(['seller-half', '--yes'])).err).toMatch(
    /^seller seller-half is erased; .*\nPostgres keeps old row versions .*\n$/,
  );
  expect((await run(['seller-half'])).err).toContain('The id is remembered since');
});
