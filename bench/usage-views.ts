/*
 * How fast the views of schema usage answer over ten million calls: fills a database of its own, adds its hours up, and
 * runs every statement of docs/usage.md. A statement without a row fails it, since its time would say nothing.
 *
 *   npm run bench:usage                      10,000,000 calls
 *   npm run bench:usage -- --calls 500000
 */
import { parseArgs } from 'node:util';
import { CloseStack } from '../src/core/lifecycle.ts';
import { createLogger } from '../src/core/log.ts';
import { totalHours } from '../src/ledger/total-hours.ts';
import { openBenchDatabase } from './support/bench-database.ts';
import { fillUsage } from './support/fill-usage.ts';
import { readExamples } from './support/read-examples.ts';
import { say } from './support/say.ts';

const { values: flags } = parseArgs({ options: { calls: { type: 'string', default: '10000000' } } });
const rounds = 7;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

const log = createLogger({ level: 'error', pretty: false });
const closing = new CloseStack();
try {
  const { pool } = await openBenchDatabase(closing, log);

  const filledMs = await timed(() => fillUsage(pool, Number(flags.calls)));
  say(`${Number(flags.calls).toLocaleString('en')} calls, filled in ${(filledMs / 1000).toFixed(0)} s`);
  let hours = 0;
  const totalledMs = await timed(async () => {
    for (let added = -1; added !== 0; hours += added) added = await totalHours(pool);
  });
  say(
    `${hours} hours added up in ${(totalledMs / 1000).toFixed(1)} s, ${(totalledMs / hours).toFixed(1)} ms each`,
  );
  await pool.query('VACUUM ANALYZE');

  say('| statement of docs/usage.md | rows | min, median, max, ms |\n| --- | ---: | ---: |');
  const unanswered: string[] = [];
  for (const { heading, sql } of readExamples('usage.md')) {
    const { rowCount } = await pool.query(sql);
    if (!rowCount) unanswered.push(heading);
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) times.push(await timed(() => pool.query(sql)));
    const [min, median, max] = times.toSorted((a, b) => a - b).filter((_, i) => i % ((rounds - 1) / 2) === 0);
    say(
      `| ${heading} | ${String(rowCount)} | ${[min, median, max].map((ms) => ms?.toFixed(0)).join(', ')} |`,
    );
  }
  if (unanswered.length > 0) throw new Error(`no answer to: ${unanswered.join(', ')}`);
} finally {
  await closing.close(log);
}
