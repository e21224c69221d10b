import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { codeWords, readText, root, tableRows } from '../../support/doc-files.ts';

const page = readText('docs/extending.md');

interface Insertion {
  readonly file: string;
  readonly anchor: string;
  readonly lines: string;
}

/** The changes that the page tells to make, as it words them: in a file, after a line, a block of code. */
function readInsertions(): Insertion[] {
  const pattern = /[Ii]n `(src\/[^`]+)`, after\s`([^`]+)`:\n\n```\w+\n([^`]+)```/g;
  return [...page.matchAll(pattern)].map(([, file = '', anchor = '', lines = '']) => ({
    file,
    anchor,
    lines,
  }));
}

const sqlBlockWith = (words: string): string =>
  [...page.matchAll(/```pgsql\n([^`]+)```/g)].map(([, sql = '']) => sql).find((sql) => sql.includes(words)) ??
  '';

/** Reads a recorded answer with the changed code and loads it, as a process of its own. */
const program = `
import pg from 'pg';
import { parseJson } from './src/core/json.ts';
import { readFileSync } from 'node:fs';
import { normalizeAnswer } from './src/transform/normalize-answer.ts';
import { createCatalogStore } from './src/load/catalog-store.ts';
import { learn } from './src/refresh/learn.ts';

const [url, file] = process.argv.slice(-2);
const pool = new pg.Pool({ connectionString: url });
const log = { info() {}, warn() {} };
const catalog = createCatalogStore({ pool, learn, log, read: () => null });
const payload = parseJson(readFileSync(file, 'utf8'));
const provenance = { callId: '1', rawId: '1', runId: null, observedAt: new Date() };
const request = { operation: 'offer.detail', offerId: String(payload.offerId), language: 'en' };
await catalog.load([normalizeAnswer(request, payload, provenance, null)]);
await pool.end();
`;

let db: TestDatabase;
let copy: string;
beforeAll(async () => {
  db = await createTestDatabase();
  copy = mkdtempSync(join(tmpdir(), 'extending-'));
  for (const name of ['src', 'migrations', 'package.json', 'tsconfig.json'])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(async () => {
  await db.drop();
  rmSync(copy, { recursive: true });
});

describe('docs/extending.md', () => {
  test('adds a field: with its changes an answer brings it into its new column', async () => {
    const insertions = readInsertions();
    expect(insertions.length).toBe(6);
    for (const { file, anchor, lines } of insertions) {
      const before = readFileSync(join(copy, file), 'utf8').split('\n');
      const places = before.flatMap((line, index) => (line.trim() === anchor ? [index] : []));
      expect(places.length, `how often ${file} has the line ${anchor}`).toBe(1);
      const after = before.toSpliced((places[0] ?? 0) + 1, 0, lines.trimEnd());
      writeFileSync(join(copy, file), after.join('\n'));
    }
    await db.pool.query(sqlBlockWith('detail_video_url" text'));
    writeFileSync(join(copy, 'program.ts'), program);
    const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
    const answer = join(root, 'test/fixtures/transform/offer-by-quantity.json');
    await promisify(execFile)(process.execPath, [tsx, 'program.ts', db.url, answer], { cwd: copy });
    const { rows } = await db.pool.query('SELECT detail_video_url FROM catalog.offer');
    expect(rows).toEqual([{ detail_video_url: 'https://cloud.video.taobao.com/play/u/1/detail.mp4' }]);
  });

  test('adds an operation: every place it names is there', () => {
    const rows = tableRows(page).filter(([, place]) => place?.includes('src/'));
    expect(rows.length).toBeGreaterThan(10);
    for (const [, place = ''] of rows) {
      const words = codeWords(place);
      const text = readText(words.find((word) => word.startsWith('src/')) ?? '');
      for (const word of words.filter((one) => !one.startsWith('src/'))) expect(text).toContain(word);
    }
  });

  test('adds a view: its statement runs, and comments every column', async () => {
    await db.pool.query(sqlBlockWith('forgotten_offers'));
    const { rows } = await db.pool.query<{ uncommented: string }>(
      `SELECT count(*) FILTER (WHERE col_description(attrelid, attnum) IS NULL) AS uncommented
       FROM pg_attribute WHERE attrelid = 'analytics.forgotten_offers'::regclass AND attnum > 0`,
    );
    expect(rows).toEqual([{ uncommented: '0' }]);
  });
});
