import type { Pool } from 'pg';
import { dayMs } from '../../src/core/duration.ts';
import type { Ticker } from '../chaos/ticker.ts';
import { spread, table } from '../support/numbers.ts';
import { readCpuSeconds, readParent } from '../support/proc.ts';
import { readExamples } from '../support/read-examples.ts';
import { say } from '../support/say.ts';
import { listScans } from './list-scans.ts';

const rounds = 3;

/** What a function that always gives a row says when it has no answer. */
interface Reason {
  readonly reason?: string | null;
}

/** The time of the cookbook's basket; the database is filled with what happened before it is asked. */
const basketAt = `'2026-11-25 12:00:00+08'`;

/**
 * Asks every question of the cookbook over a filled catalog, and prints what each costs Postgres. By CPU time, its own and
 * that of parallel workers: other programs do not count, and with two cores nobody waits longer.
 *
 * @throws Error when a question has no answer, since its time would say nothing
 */
export async function reportQuestions(pool: Pool, ticker: Ticker): Promise<void> {
  const { rows: backends } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const server = readParent(backends[0]?.pid ?? 0);
  const threeDaysAgo = `'${new Date(Date.now() - 3 * dayMs).toISOString()}'`;
  const report: string[][] = [];
  const unanswered: string[] = [];
  for (const { heading, sql } of readExamples('cookbook.md')) {
    ticker.show(heading);
    const statement = sql.replaceAll(basketAt, threeDaysAgo);
    const seconds: number[] = [];
    let answers = 0;
    const scans = await listScans(pool, async () => {
      for (let round = 0; round <= rounds; round += 1) {
        const before = readCpuSeconds(server);
        const { rows } = await pool.query<Reason>(statement);
        // The first one warms up.
        if (round > 0) seconds.push(readCpuSeconds(server) - before);
        answers = rows.filter(({ reason }) => (reason ?? 'assumed') === 'assumed').length;
      }
    });
    if (answers === 0) unanswered.push(heading);
    const lines = String(sql.trim().split('\n').length);
    report.push([heading, lines, String(answers), spread(seconds, 2), scans.map(withoutCount).join(', ')]);
  }
  ticker.done();
  const head = [
    'question of docs/cookbook.md',
    'lines',
    'rows',
    'CPU s: min, median, max',
    'read from end to end',
  ];
  say(table(head, report));
  if (unanswered.length > 0) throw new Error(`no answer to: ${unanswered.join(' ')}`);
}

const withoutCount = (scan: string) => scan.replace(/ \(.*/, '');
