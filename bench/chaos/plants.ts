import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Boundary } from './chaos-clock.ts';

type ProgramChange = (dist: string) => void;
type DatabaseChange = (pool: Pool) => Promise<void>;

/** A bug that is put into the copy of the product that a chaos run works with, to see that it is caught. */
export interface Plant {
  readonly name: string;
  readonly what: string;
  /** The judges of which at least one must see it. */
  readonly judges: readonly string[];
  /** Where the made-up clock stands in the middle of the disturbances. */
  readonly boundary?: Boundary;
  /** Disturbances of a shorter run can not show it. */
  readonly minSeconds?: number;
  /**
   * Only a limit that is reached can show it. The one of a day of details is small enough for the slowest machine, the
   * whole run lies in one day in China (near midnight each call counts in two), and it goes on until that day has too
   * many calls, or for some minutes.
   */
  readonly isAtLimit?: boolean;
  /** Changes the built program. @throws Error when what is to be changed is not there */
  readonly changeProgram?: ProgramChange;
  /** Changes functions of the database. @throws Error when what is to be changed is not there */
  readonly changeDatabase?: DatabaseChange;
}

interface Change {
  /** A file of `dist`, or a function of the database. */
  readonly where: string;
  readonly from: string;
  readonly to: string;
}

function replaceOnce(text: string, { where, from, to }: Change): string {
  if (text.split(from).length !== 2)
    throw new Error(`${where} does not hold this once, so the bug can not be planted: ${from}`);
  return text.replace(from, () => to);
}

const inProgram =
  (...changes: readonly Change[]): ProgramChange =>
  (dist) => {
    for (const change of changes) {
      const file = join(dist, change.where);
      writeFileSync(file, replaceOnce(readFileSync(file, 'utf8'), change));
    }
  };

const inDatabase =
  (...changes: readonly Change[]): DatabaseChange =>
  async (pool) => {
    for (const change of changes) {
      // The form that this release calls: the one before has fewer arguments.
      const { rows } = await pool.query<{ text: string }>(
        `SELECT pg_get_functiondef(oid) AS text FROM pg_proc
         WHERE pronamespace::regnamespace || '.' || proname = $1 ORDER BY pronargs DESC LIMIT 1`,
        [change.where],
      );
      await pool.query(replaceOnce(rows[0]?.text ?? '', change));
    }
  };

const inSql =
  (statement: string, ...changes: readonly Change[]): DatabaseChange =>
  async (pool) => {
    await pool.query(statement);
    await inDatabase(...changes)(pool);
  };

const attempt = 'extract/gateway/attempt.js';
const twinCheck =
  'IF EXISTS (SELECT FROM usage.in_flight f WHERE f.app_key = p_app_key AND f.request_hash = p_request_hash) THEN';

/** The bugs that the suite must catch. */
export const plants: readonly Plant[] = [
  {
    name: 'settle-before-send',
    what: 'a call is booked as answered before it leaves',
    judges: ['matching'],
    changeDatabase: inDatabase(
      {
        where: 'usage.mark_sent',
        from: 'RETURN true;',
        to: `UPDATE usage.api_call SET state = 'committed', outcome = 'ok', sent_at = v_now, settled_at = v_now
             WHERE call_id = p_call_id;
             DELETE FROM usage.in_flight WHERE call_id = p_call_id;
             RETURN true;`,
      },
      {
        where: 'usage.settle',
        from: `v_call.state = 'committed' OR`,
        to: `(v_call.state = 'committed' AND (v_call.raw_id IS NOT NULL OR p_state <> 'committed')) OR`,
      },
    ),
  },
  {
    name: 'refund-after-send',
    what: 'the sweep gives back calls that have left',
    judges: ['matching'],
    changeDatabase: inDatabase({
      where: 'usage.sweep',
      from: `CASE WHEN f.sent_at IS NULL THEN 'refunded' ELSE 'unknown' END`,
      to: `'refunded'`,
    }),
  },
  {
    name: 'refund-when-cut',
    what: 'a call whose connection breaks is given back',
    judges: ['matching'],
    changeProgram: inProgram({
      where: attempt,
      from: `httpStatus === null ? 'unknown' : 'committed'`,
      to: `httpStatus === null ? 'refunded' : 'committed'`,
    }),
  },
  {
    name: 'no-twin-check',
    what: 'nothing remembers which requests are in flight',
    judges: ['payments'],
    changeDatabase: inDatabase(
      { where: 'usage.reserve', from: twinCheck, to: 'IF false THEN' },
      { where: 'usage.reserve', from: 'CASE WHEN NOT p_is_exempt THEN p_request_hash END', to: 'NULL' },
    ),
  },
  {
    name: 'check-then-take',
    what: 'a limit is fetched, and taken from some moments later',
    judges: ['windows'],
    boundary: 'utc-day',
    isAtLimit: true,
    changeDatabase: inSql(
      'ALTER TABLE usage.quota_period DISABLE TRIGGER USER',
      {
        where: 'usage.lock_app',
        from: `PERFORM sync.lock_table('sync.ledger_lock', 'SHARE UPDATE EXCLUSIVE', 5000);`,
        to: 'NULL;',
      },
      {
        where: 'usage.reserve',
        from: 'WHERE r.run_id = p_run_id FOR NO KEY UPDATE;',
        to: 'WHERE r.run_id = p_run_id;',
      },
      {
        // Before the row of the pace is locked: behind it, the others would wait in a line.
        where: 'usage.reserve',
        from: 'IF v_may_raise THEN PERFORM usage.raise_pace(',
        to: 'PERFORM pg_sleep(0.2); IF v_may_raise THEN PERFORM usage.raise_pace(',
      },
    ),
  },
  {
    name: 'local-limiter',
    what: 'each process counts its own calls only',
    judges: ['windows'],
    boundary: 'utc-day',
    isAtLimit: true,
    changeProgram: inProgram({
      where: 'db/pool.js',
      from: `application_name: applicationName ?? 'catalog-sync'`,
      to: 'application_name: `catalog-sync ${process.pid}`',
    }),
    changeDatabase: inDatabase(
      {
        where: 'usage.quota_periods',
        from: 'WHERE w.app_key = p_app_key AND',
        to: `WHERE w.app_key = p_app_key || current_setting('application_name') AND`,
      },
      {
        where: 'usage.take',
        from: 'SELECT p_app_key, q.api',
        to: `SELECT p_app_key || current_setting('application_name'), q.api`,
      },
    ),
  },
  {
    name: 'store-after-load',
    what: 'an answer is kept only once it is in the catalog',
    judges: ['payments'],
    changeProgram: inProgram({
      where: 'raw/sql/list-unloaded-answers.sql',
      from: 'WHERE loaded_at IS NULL',
      to: 'WHERE false',
    }),
    changeDatabase: inDatabase({
      where: 'usage.reserve',
      from: `WHERE p.request_hash = p_request_hash AND p_fresh_for > '0'`,
      to: `WHERE p.request_hash = p_request_hash AND p.loaded_at IS NOT NULL AND p_fresh_for > '0'`,
    }),
  },
  {
    name: 'no-sweep',
    what: 'nobody ends the calls of processes that died',
    judges: ['drain', 'matching'],
    changeDatabase: inDatabase({
      where: 'usage.sweep',
      from: 'WHERE (sent_at IS NULL AND send_by < v_now) OR sent_at < v_now - p_max_call',
      to: 'WHERE false',
    }),
  },
  {
    name: 'wrong-zone',
    what: 'the day begins at midnight UTC, not in China',
    judges: ['windows'],
    boundary: 'utc-day',
    // A call counts in both days from 75 s before midnight on, so only what came before is too much.
    minSeconds: 280,
    isAtLimit: true,
    changeDatabase: inDatabase({
      where: 'usage.periods_touched',
      from: `CASE p_kind WHEN 'minute' THEN 'UTC' ELSE p_zone END`,
      to: `'UTC'`,
    }),
  },
  {
    name: 'lost-page',
    what: 'a search ends after its first page',
    judges: ['catalog'],
    changeProgram: inProgram({
      where: 'refresh/searches/advance-window.js',
      from: 'const end = isAgain ? passReadAgain(pass, observation) : passAfter(pass, observation);',
      to: `const end = { outcome: 'complete', isDoubted: false };`,
    }),
  },
  {
    name: 'chatty-log',
    what: 'signed requests are logged',
    judges: ['secrets'],
    changeProgram: inProgram({
      where: attempt,
      from: '{ callId, runId, jobId, api, latencyMs,',
      to: '{ form: request.form(), callId, runId, jobId, api, latencyMs,',
    }),
  },
];
