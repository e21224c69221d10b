/*
 * How fast `catalog-sync export` writes offers, and what it holds in memory: fills a database of its own, exports it by
 * a process of its own in each format, and watches that one's memory.
 *
 *   npm run bench:export                      1,000,000 offers
 *   npm run bench:export -- --offers 100000
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CloseStack } from '../src/core/lifecycle.ts';
import { createLogger } from '../src/core/log.ts';
import { openBenchDatabase } from './support/bench-database.ts';
import { table } from './support/numbers.ts';
import { say } from './support/say.ts';

const { values: flags } = parseArgs({ options: { offers: { type: 'string', default: '1000000' } } });
const program = join(import.meta.dirname, '../bin/catalog-sync.js');

/** Rows as wide as those of 1688, no two alike. */
const fill = `
  INSERT INTO catalog.offer (offer_id, category_id, state, subject, subject_translated, source_status, quote_type, unit,
    min_order_quantity, trade_score, main_image_url, video_url, ship_from, source_created_at, source_modified_at,
    content_hash, normalizer_version, changed_at, run_id, call_id)
  SELECT 600000000000 + g, g % 600, 'listed', '加厚帆布包大容量手提袋定制 ' || md5(g::text), 'Canvas tote bag, thick ' || md5(g::text),
    'published', g % 3, '件', g % 100 + 1, (g % 50) * 0.1, 'https://cbu01.alicdn.com/img/ibank/' || md5(g::text) || '-0-cib.jpg',
    NULL, '广东省广州市', now() - g * interval '1 s', now() - g * interval '1 ms', sha256(g::text::bytea), 1,
    now() - g * interval '7 us', 1, g
  FROM generate_series(1, $1::int) g`;

const dropIndexes = `
  DO $$ BEGIN EXECUTE (
    SELECT coalesce(string_agg(format('DROP INDEX %s', i.indexrelid::regclass), ';'), 'SELECT')
    FROM pg_index i WHERE i.indrelid = 'catalog.offer'::regclass AND NOT i.indisunique
  ); END $$`;

interface Figures {
  readonly seconds: number;
  readonly bytes: number;
  readonly peakMb: number;
}

/** The most memory that a process had at any time so far, in MB; 0 when it is gone. */
function readPeakMb(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function measure(url: string, args: readonly string[], file: string): Promise<Figures> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [program, 'export', ...args, '--out', file, '--quiet'], {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], DATABASE_URL: url },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peakMb = 0;
  const watch = setInterval(() => (peakMb = Math.max(peakMb, readPeakMb(child.pid ?? 0))), 50);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(watch);
  if (code !== 0) throw new Error(`the export ended with ${String(code)}`);
  return { seconds: (performance.now() - startedMs) / 1000, bytes: statSync(file).size, peakMb };
}

const log = createLogger({ level: 'error', pretty: false });
const closing = new CloseStack();
try {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-sync-export-'));
  closing.add('folder', async () => rmSync(folder, { recursive: true, force: true }));
  const { pool, url } = await openBenchDatabase(closing, log);
  const offers = Number(flags.offers);
  // Filling them would take most of the time, and an export reads none of them.
  await pool.query(dropIndexes);
  const rows: string[][] = [];
  for (const count of [Math.ceil(offers / 10), offers]) {
    await pool.query('TRUNCATE catalog.offer CASCADE');
    await pool.query(fill, [count]);
    await pool.query('VACUUM ANALYZE catalog.offer');
    for (const args of [
      ['catalog.offer'],
      ['catalog.offer', '--formula-guard'],
      ['catalog.offer', '--format', 'parquet'],
    ]) {
      const { seconds, bytes, peakMb } = await measure(url, args, join(folder, `${String(rows.length)}.out`));
      rows.push([
        args.slice(1).join(' ') || '--format csv',
        count.toLocaleString('en'),
        seconds.toFixed(1),
        Math.round(count / seconds).toLocaleString('en'),
        (bytes / 1e6).toFixed(0),
        peakMb.toFixed(0),
      ]);
    }
  }
  say(
    table(
      ['catalog-sync export catalog.offer', 'rows', 's', 'rows/s', 'file, MB', 'peak memory (RSS), MB'],
      rows,
    ),
  );
} finally {
  await closing.close(log);
}
