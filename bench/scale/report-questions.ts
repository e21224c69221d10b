import pg, { type Pool, type PoolClient } from 'pg';
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

interface Answer {
  readonly rows: number;
  readonly cpu: readonly number[];
  readonly seconds: readonly number[];
}

/** Without rows where it took too long. */
async function ask(client: PoolClient, server: number, statement: string): Promise<Answer> {
  const answer = { rows: 0, cpu: [] as number[], seconds: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    const [before, startedMs] = [readCpuSeconds(server), performance.now()];
    try {
      const { rows } = await client.query<Reason>(statement);
      answer.rows = rows.filter(({ reason }) => (reason ?? 'assumed') === 'assumed').length;
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === '57014') return { ...answer, rows: 0 };
      throw error;
    }
    // The first one warms up.
    if (round === 0) continue;
    answer.seconds.push((performance.now() - startedMs) / 1000);
    answer.cpu.push(readCpuSeconds(server) - before);
  }
  return answer;
}

/**
 * Asks every question of the cookbook and of the statistics over a filled catalog, and prints what each costs Postgres: its
 * CPU time with that of parallel workers, which other programs do not make longer, and the time until the answer is there.
 *
 * @throws Error when a question has no answer, since its time would say nothing, or takes more than a minute
 */
export async function reportQuestions(pool: Pool, ticker: Ticker): Promise<void> {
  const client = await pool.connect();
  const { rows: backends } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const server = readParent(backends[0]?.pid ?? 0);
  await client.query("SET statement_timeout = '60s'");
  const threeDaysAgo = `'${new Date(Date.now() - 3 * dayMs).toISOString()}'`;
  const report: string[][] = [];
  const unanswered: string[] = [];
  for (const { heading, sql } of ['cookbook.md', 'statistics.md'].flatMap(readExamples)) {
    ticker.show(heading);
    const answers: Answer[] = [];
    const scans = await listScans(client, async () => {
      answers.push(await ask(client, server, sql.replaceAll(basketAt, threeDaysAgo)));
    });
    for (const { rows, cpu, seconds } of answers) {
      if (rows === 0) unanswered.push(heading);
      const lines = String(sql.trim().split('\n').length);
      const figures = [cpu, seconds].map((values) => (values.length > 0 ? spread(values, 2) : 'none'));
      report.push([heading, lines, String(rows), ...figures, scans.map(withoutCount).join(', ')]);
    }
  }
  client.release(true);
  ticker.done();
  const head = ['question', 'lines', 'rows', 'CPU s: min, median, max', 's until the answer'];
  say(table([...head, 'read from end to end'], report));
  if (unanswered.length > 0) throw new Error(`no answer to: ${unanswered.join(' ')}`);
}

const withoutCount = (scan: string) => scan.replace(/ \(.*/, '');
