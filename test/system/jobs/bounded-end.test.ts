import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { bundledVersion } from '../../../src/local/binaries.ts';
import { readPostmaster } from '../../../src/local/postmaster.ts';
import { builtProgram } from '../../support/built-program.ts';
import { readStats } from '../../support/catalog-truth.ts';
import { createProject } from '../../support/in-process.ts';
import { errorOf } from '../../support/postgres-protocol.ts';
import { listBackends, withTestStack, type TestStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import { openWeakLink, type WeakLink } from '../../support/weak-link.ts';

const program = await builtProgram();

/** How long a process of the product takes to begin on this machine right now. */
const startupMs = await (async () => {
  const begunAt = performance.now();
  await once(spawn(process.execPath, [program, '--version'], { stdio: 'ignore' }), 'close');
  return performance.now() - begunAt;
})();

/** A deadline that leaves time to work: on a slow machine, more. */
const deadlineOf = (ms: number) => Math.ceil(Math.max(ms, 20 * startupMs) / 1000) * 1000;
const inSeconds = (ms: number) => `${ms / 1000}s`;
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** What the process under test is connected by, and the stack behind it. */
interface Site {
  readonly stack: TestStack;
  readonly database: WeakLink;
  readonly redis: WeakLink | null;
  readonly folder: string;
  /** For what a test leaves open. */
  readonly closing: (() => Promise<void>)[];
}

const syncFile = `account: business\nfeeds:\n  - { name: all, categories: ["0"] }\nquotas: { per_second: 5 }\n`;

/** Runs `work` over a database and a Redis whose links can be made worse. */
async function withSite(usesRedis: boolean, work: (site: Site) => Promise<void>): Promise<void> {
  const backend = usesRedis ? 'redis' : 'postgres';
  await withTestStack({ backend, sandbox: { latencyMs: 300 } }, async (stack) => {
    const database = await openWeakLink(stack.database.url);
    const redisUrl = stack.env['REDIS_URL'];
    const redis = redisUrl === undefined ? null : await openWeakLink(redisUrl);
    const settings = {
      ...stack.env,
      DATABASE_URL: database.url,
      ...(redis ? { REDIS_URL: redis.url } : {}),
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    const folder = createProject({ '.env.local': lines.join(''), 'catalog-sync.yaml': syncFile });
    const closing: Site['closing'] = [() => database.close(), async () => redis?.close()];
    try {
      await work({ stack, database, redis, folder, closing });
    } finally {
      for (const close of closing.toReversed()) await close();
    }
  });
}

/** Starts a verb as a process of its own. */
function start({ folder }: Site, ...words: string[]) {
  const child = spawn(process.execPath, [program, ...words, '--project', folder], {
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const startedAt = performance.now();
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const ended = once(child, 'close').then(([code, signal]) => {
    running.delete(child);
    return { end: (code ?? signal) as number | string, afterMs: performance.now() - startedAt };
  });
  return { child, text: () => text, startedAt, ended };
}

const untilCalls = (site: Site, min: number) =>
  until(async () => (await readStats(site.stack)).calls.length >= min, { timeoutMs: 90_000 });

/** Holds a lock that nothing of the product passes; asks again after a deadlock with a transaction that has locked in another order. */
async function lockTables({ stack, closing }: Site): Promise<void> {
  const client = new pg.Client({ connectionString: stack.database.url });
  await client.connect();
  closing.push(() => client.end());
  await until(async () => {
    await client.query('ROLLBACK');
    await client.query(
      'BEGIN; LOCK TABLE sync.run, usage.in_flight, usage.api_call IN ACCESS EXCLUSIVE MODE',
    );
    return true;
  });
}

async function refuseWrites({ stack }: Site): Promise<void> {
  const { pathname } = new URL(stack.database.url);
  await stack.query(`ALTER DATABASE ${pathname.slice(1)} SET default_transaction_read_only = on`);
  const [now] = await stack.query<{ at: string }>('SELECT clock_timestamp()::text AS at');
  // One that was just being opened may write still, and is seen only once it is open (its database is NULL until then).
  await until(async () => {
    const older = await stack.query(
      `SELECT datname IS NOT NULL AND pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE backend_type = 'client backend' AND backend_start <= $1
         AND (datname IS NULL OR datname = current_database() AND application_name LIKE 'catalog-sync%')`,
      [now?.at],
    );
    return older.length === 0;
  });
}

interface Fault {
  readonly name: string;
  readonly happens: (site: Site) => unknown;
  /** What the last lines of the process say; null: any error of the database, or none. */
  readonly code: string | null;
  readonly usesRedis?: true;
}

const faults: readonly Fault[] = [
  {
    name: 'is full',
    happens: ({ database }) => database.answer(errorOf('FATAL', '53300', 'sorry, too many clients already')),
    code: 'DATABASE_FULL',
  },
  { name: 'is locked', happens: lockTables, code: 'DATABASE_BUSY' },
  { name: 'is stopped', happens: ({ database }) => database.stall(), code: 'DATABASE_UNREACHABLE' },
  { name: 'is away', happens: ({ database }) => database.cut(), code: 'DATABASE_UNREACHABLE' },
  { name: 'takes no writes', happens: refuseWrites, code: 'DATABASE_READ_ONLY' },
  { name: 'is slow', happens: ({ database }) => database.delay(300), code: null },
];

const redisFaults: readonly Fault[] = listBackends().includes('redis')
  ? [
      {
        name: 'is stopped',
        happens: ({ redis }) => redis?.stall(),
        code: 'REDIS_UNREACHABLE',
        usesRedis: true,
      },
      { name: 'is away', happens: ({ redis }) => redis?.cut(), code: 'REDIS_UNREACHABLE', usesRedis: true },
    ]
  : [];

/** Not one line calls what happened a defect of the product. */
function expectNoDefect(text: string): void {
  expect(text).not.toMatch(/INTERNAL|DATABASE_REJECTED|bug in catalog-sync|^\s+at /m);
}

function describeFaults(server: string, cases: readonly Fault[]): void {
  describe.each(cases)(`while ${server} $name`, { timeout: 240_000 }, (fault) => {
    it.concurrent('a sync ends five seconds after its deadline, and says why', () =>
      withSite(fault.usesRedis ?? false, async (site) => {
        const deadlineMs = deadlineOf(14_000);
        const sync = start(site, 'sync', '--deadline', inSeconds(deadlineMs));
        await untilCalls(site, 5);
        await fault.happens(site);
        const { end, afterMs } = await sync.ended;
        const text = sync.text();
        expectNoDefect(text);
        if (fault.code !== null) {
          expect({ end, text }).toEqual({ end: 1, text: expect.stringContaining(fault.code) as string });
          expect(text).toContain('what to do: ');
        }
        expect(afterMs).toBeLessThan(deadlineMs + 5000);
      }),
    );

    it.concurrent('a sync ends within ten seconds after one SIGTERM', () =>
      withSite(fault.usesRedis ?? false, async (site) => {
        const sync = start(site, 'sync');
        await untilCalls(site, 5);
        await fault.happens(site);
        // Long enough to wait for what is not there.
        const happenedAt = performance.now();
        await until(() => performance.now() - happenedAt > 4000);
        const askedAt = performance.now();
        sync.child.kill('SIGTERM');
        const { end } = await sync.ended;
        expect(performance.now() - askedAt).toBeLessThan(10_000);
        expectNoDefect(sync.text());
        expect(end).toBe(1);
      }),
    );
  });
}

describeFaults('Postgres', faults);
describeFaults('Redis', redisFaults);

describe('where all is well', { timeout: 240_000 }, () => {
  it('a sync that its deadline ends is a success', () =>
    withSite(false, async (site) => {
      const { text, ended } = start(site, 'sync', '--deadline', inSeconds(deadlineOf(12_000)));
      const { end, afterMs } = await ended;
      expect({ end, text: text() }).toEqual({
        end: 0,
        text: expect.stringMatching(/outcome +partial_quota \(deadline\)/) as string,
      });
      expect(afterMs).toBeLessThan(deadlineOf(12_000) + 5000);
      expect(await site.stack.query('SELECT FROM usage.in_flight')).toEqual([]);
    }));
});

describe('while Postgres is stopped', { timeout: 240_000 }, () => {
  it.concurrent.each(['worker', 'serve'])('a %s ends by one SIGTERM, within half a minute', (verb) =>
    withSite(false, async (site) => {
      const started = start(site, verb, ...(verb === 'serve' ? ['--port', '0'] : []));
      await until(() => started.text().includes('SANDBOX'), { timeoutMs: 90_000 });
      // It works, by its heartbeat.
      await until(async () => (await site.stack.query('SELECT FROM sync.worker')).length > 0);
      site.database.stall();
      const askedAt = performance.now();
      started.child.kill('SIGTERM');
      const { end } = await started.ended;
      expect(performance.now() - askedAt).toBeLessThan(30_000);
      expectNoDefect(started.text());
      expect(typeof end).toBe('number');
    }),
  );

  it.concurrent('pages that are asked for end with their process, within ten seconds after one SIGTERM', () =>
    withSite(false, async (site) => {
      const web = start(site, 'web', '--port', '0');
      const url = await until(() => /pages at (\S+)/.exec(web.text())?.[1], { timeoutMs: 90_000 });
      site.database.stall();
      const asked = fetch(new URL('/readyz', url)).then(
        ({ status }) => status,
        () => null,
      );
      const askedAt = performance.now();
      await until(() => performance.now() - askedAt > 1000);
      web.child.kill('SIGTERM');
      await web.ended;
      expect(performance.now() - askedAt).toBeLessThan(11_000);
      expectNoDefect(web.text());
      expect(await asked).not.toBe(200);
    }),
  );

  it.concurrent('a sync that only begins ends five seconds after its deadline, and says why', () =>
    withSite(false, async (site) => {
      site.database.stall();
      const deadlineMs = deadlineOf(8_000);
      const { text, ended } = start(site, 'sync', '--deadline', inSeconds(deadlineMs));
      const { end, afterMs } = await ended;
      expect({ end, text: text() }).toEqual({
        end: 1,
        text: expect.stringContaining('DATABASE_UNREACHABLE') as string,
      });
      expect(afterMs).toBeLessThan(deadlineMs + 5000);
    }),
  );

  it.concurrent('the answers in hand are kept, and the next sync stores them', () =>
    withSite(false, async (site) => {
      const sync = start(site, 'sync');
      await untilCalls(site, 5);
      site.database.stall();
      // What is under way at 1688 is answered meanwhile.
      const happenedAt = performance.now();
      await until(() => performance.now() - happenedAt > 2000);
      sync.child.kill('SIGTERM');
      await sync.ended;
      const kept = Number(
        /^(\d+) calls? could not be settled.*: the answers are kept/m.exec(sync.text())?.[1],
      );
      const spool = join(site.folder, '.catalog-sync', 'spool');
      expect(readdirSync(spool)).toHaveLength(kept);
      const { calls } = await readStats(site.stack);
      const committed = async () => {
        const sql = `SELECT count(*)::int AS count FROM usage.api_call WHERE state = 'committed' AND call_id = ANY ($1)`;
        const [row] = await site.stack.query<{ count: number }>(sql, [
          calls.map(({ requestId }) => requestId),
        ]);
        return row?.count ?? 0;
      };
      const before = await committed();
      expect(before + kept).toBe(calls.length);
      site.database.mend();
      expect((await start(site, 'sync', '--budget', '1').ended).end).toBe(0);
      expect(await committed()).toBe(calls.length);
      expect(readdirSync(spool)).toEqual([]);
    }),
  );
});

const isRoot = process.getuid?.() === 0;

/** A project folder on a disk of its own, in memory, where the user of the bundled Postgres can pass. */
async function withSmallDisk(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-sync-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300m,mode=0755', 'tmpfs', folder]);
  try {
    await work(folder);
  } finally {
    const data = join(folder, '.catalog-sync', 'postgres', `postgres-${bundledVersion}`, 'server', 'data');
    const server = readPostmaster(data);
    if (server?.isRunning) process.kill(server.pid, 'SIGQUIT');
    execFileSync('umount', ['--lazy', folder]);
    rmdirSync(folder);
  }
}

describe.runIf(isRoot)('while the disk of the bundled Postgres is full', { timeout: 240_000 }, () => {
  it('a sync ends five seconds after its deadline, and says why', () =>
    withSmallDisk((folder) =>
      withSite(false, async (site) => {
        const settings = Object.entries(site.stack.env).filter(([name]) => name !== 'DATABASE_URL');
        const lines = settings.map(([name, value]) => `${name}=${value}\n`);
        writeFileSync(join(folder, '.env.local'), lines.join(''));
        writeFileSync(join(folder, 'catalog-sync.yaml'), syncFile);
        const place = { ...site, folder };
        await start(place, 'migrate').ended;
        const sync = start(place, 'sync', '--deadline', inSeconds(deadlineOf(25_000)));
        await untilCalls(site, 5);
        // As large as the whole disk: Postgres may free a part of it meanwhile.
        const { blocks, bsize } = statfsSync(folder);
        expect(() => writeFileSync(join(folder, 'full'), Buffer.alloc(blocks * bsize))).toThrow('ENOSPC');
        const { end, afterMs } = await sync.ended;
        expectNoDefect(sync.text());
        const text = sync.text();
        expect(text).toMatch(/DATABASE_(DISK_FULL|UNREACHABLE|DAMAGED)/);
        // What fits into pages that were there is still written, by chance even the end of the run.
        const isTold = /^error DATABASE_|could not be settled|^outcome +partial_error/m.test(text);
        expect({ end, text }).toEqual({ end: isTold ? 1 : 0, text });
        expect(afterMs).toBeLessThan(deadlineOf(25_000) + 5000);
      }),
    ));
});
