import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { builtProgram } from '../../support/built-program.ts';
import { listBackends, withTestStack, type TestStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import {
  countPaidTwice,
  expectOneRowPerArrival,
  expectTruth,
  readStats,
} from '../../support/catalog-truth.ts';

const program = await builtProgram();
const running = new Set<ChildProcess>();
const folders: string[] = [];
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder as an operator has one; Postgres knows the sessions of its processes by `name`. */
function createProject(stack: TestStack, perSecond: number, name = 'sync'): string {
  const folder = mkdtempSync(join(tmpdir(), 'catalog-sync-project-'));
  folders.push(folder);
  const database = new URL(stack.database.url);
  database.searchParams.set('application_name', name);
  const settings = Object.entries({ ...stack.env, DATABASE_URL: database.href }).map(
    ([name, value]) => `${name}=${value}\n`,
  );
  writeFileSync(join(folder, '.env.local'), settings.join(''));
  writeFileSync(
    join(folder, 'catalog-sync.yaml'),
    `account: business\nfeeds:\n  - { name: all, categories: ["0"] }\nquotas: { per_second: ${perSecond} }\n`,
  );
  return folder;
}

/** Starts `catalog-sync sync` as a process of its own. */
function startSync(project: string, ...flags: string[]) {
  const child = spawn(process.execPath, [program, 'sync', '--json', '--project', project, ...flags], {
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const output = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.err += text));
  const ended = once(child, 'close').then(([code, signal]) => {
    running.delete(child);
    return (code ?? signal) as number | string;
  });
  return { child, output, ended };
}

async function untilCalls(stack: TestStack, min: number): Promise<void> {
  await until(async () => (await readStats(stack)).calls.length >= min, { timeoutMs: 60_000 });
}

async function countSessions(stack: TestStack, name: string): Promise<number> {
  const sessions = await stack.query(
    'SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1',
    [name],
  );
  return sessions.length;
}

async function listCallIds(stack: TestStack, from: string): Promise<string[]> {
  const rows = await stack.query<{ call_id: string }>(`SELECT call_id FROM ${from} ORDER BY call_id`);
  return rows.map((row) => row.call_id);
}

// Side by side, for most of their time they wait.
describe.concurrent.each(listBackends())('a sync on %s', { timeout: 180_000 }, (backend) => {
  it('that is killed is taken over by the next one: nothing is lost, and nothing committed is paid twice', () =>
    withTestStack({ backend, sandbox: { latencyMs: 40 } }, async (stack) => {
      const victim = startSync(createProject(stack, 1000, 'victim'));
      await untilCalls(stack, 50);
      expect(await countSessions(stack, 'victim')).toBeGreaterThan(0);
      victim.child.kill('SIGKILL');
      expect(await victim.ended).toBe('SIGKILL');
      // What it had asked Postgres for before it died may still be committed.
      await until(async () => (await countSessions(stack, 'victim')) === 0);
      const inFlight = await listCallIds(stack, 'usage.in_flight');
      // As if its heartbeat had been missed, and its calls in flight had outlasted the longest one.
      await stack.query(`UPDATE sync.run SET heartbeat_at = heartbeat_at - interval '1 minute'`);
      await stack.advance(90_000);

      const { output, ended } = startSync(createProject(stack, 1000));
      expect(await ended, output.err).toBe(0);
      const runs = await stack.query('SELECT status FROM sync.run');
      expect(runs).toEqual([{ status: 'succeeded' }]);
      await expectTruth(stack);
      expect(await countPaidTwice(stack)).toBe(0);
      expect(await listCallIds(stack, `usage.api_call WHERE state IN ('unknown', 'refunded')`)).toEqual(
        inFlight,
      );
      expect(await stack.query('SELECT FROM usage.in_flight')).toEqual([]);
    }));

  it('that gets SIGTERM settles its calls, is cancelled and exits 1', () =>
    withTestStack({ backend }, async (stack) => {
      // A minute of calls: the second one must have started before they are made.
      const project = createProject(stack, 2);
      const { child, output, ended } = startSync(project);
      await untilCalls(stack, 4);
      const second = startSync(project, '--strict-exit');
      expect(await second.ended, second.output.err).toBe(6);
      child.kill('SIGTERM');
      expect(await ended, output.err).toBe(1);
      expect(JSON.parse(output.out)).toMatchObject({ status: 'cancelled', cause: 'signal' });
      expect(await stack.query('SELECT FROM usage.in_flight')).toEqual([]);
      await expectOneRowPerArrival(stack);
    }));
});

it('a second SIGTERM ends a sync at once, also while 1688 keeps it waiting', () =>
  withTestStack({ backend: 'postgres', sandbox: { faults: [{ kind: 'hang' }] } }, async (stack) => {
    const { child, output, ended } = startSync(createProject(stack, 1000));
    await untilCalls(stack, 1);
    child.kill('SIGTERM');
    await until(() => output.err.includes('stopping'));
    child.kill('SIGTERM');
    expect(await ended, output.err).toBe(1);
  }));
