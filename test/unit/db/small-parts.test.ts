import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { QueryResult, QueryResultRow } from 'pg';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { connectionsPerProcess } from '../../../src/db/connection-limits.ts';
import { placeOfRedis } from '../../../src/db/require-redis.ts';
import { retryThroughOutage } from '../../../src/db/retry-through-outage.ts';
import { applySql, createSqlReader, runSqlForOne, type SqlExecutor } from '../../../src/db/sql-file.ts';

it('a process has 20 connections, and 12 where the queues are on Redis', () => {
  expect(connectionsPerProcess).toEqual({ postgres: 20, redis: 12 });
});

it.each([
  ['redis://:secret@redis.example:6380/1', 'redis.example:6380'],
  ['redis://redis.example', 'redis.example:6379'],
  ['redis:///1', 'localhost:6379'],
])('the place of %s is named as %s', (url, place) => {
  expect(placeOfRedis(new Secret(url))).toBe(place);
});

describe('a statement of a file', () => {
  const answering = (rowCount: number | null): SqlExecutor => ({
    query: async <Row extends QueryResultRow>() => ({ rows: [], rowCount }) as unknown as QueryResult<Row>,
  });

  it('is read once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sql-'));
    try {
      const read = createSqlReader(pathToFileURL(`${folder}/`));
      writeFileSync(join(folder, 'one.sql'), 'SELECT 1');
      expect(read('one')).toBe('SELECT 1');
      writeFileSync(join(folder, 'one.sql'), 'SELECT 2');
      expect(read('one')).toBe('SELECT 1');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('that says of no row that it was written wrote none', async () => {
    expect(await applySql(answering(null), 'LOCK TABLE t')).toBe(0);
    expect(await applySql(answering(3), 'UPDATE t')).toBe(3);
  });

  it('that must give a row fails without one', async () => {
    await expect(runSqlForOne(answering(0), 'SELECT')).rejects.toThrow('returned none');
  });
});

describe('work through an outage', () => {
  const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', syscall: 'connect' });
  const log = createLogger({ level: 'silent', pretty: false });

  it('is tried again, each time after twice as long, until it is done', async () => {
    const triedAt: number[] = [];
    const work = () => {
      triedAt.push(performance.now());
      return triedAt.length < 3 ? Promise.reject(refused) : Promise.resolve('done');
    };
    expect(await retryThroughOutage(work, { log })).toBe('done');
    const [first = 0, second = 0, third = 0] = triedAt;
    expect([second - first, third - second].map((ms, n) => ms > 49 * (n + 1) && ms < 3000)).toEqual([
      true,
      true,
    ]);
  });

  it('ends with its error once it is stopped', async () => {
    const stop = new AbortController();
    let tries = 0;
    const work = () => {
      tries += 1;
      if (tries === 2) stop.abort();
      return Promise.reject(refused);
    };
    const unreachable = { code: 'DATABASE_UNREACHABLE' };
    await expect(retryThroughOutage(work, { log, signal: stop.signal })).rejects.toMatchObject(unreachable);
    expect(tries).toBe(2);
  });

  it('is not tried again after an error of its own', async () => {
    const own = new TypeError('no');
    let tries = 0;
    const work = () => {
      tries += 1;
      return Promise.reject(own);
    };
    await expect(retryThroughOutage(work, { log })).rejects.toBe(own);
    expect(tries).toBe(1);
  });
});
