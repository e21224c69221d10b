import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { builtProgram } from '../../support/built-program.ts';
import { createProject } from '../../support/in-process.ts';
import { createLimitedLogin, type LimitedLogin } from '../../support/limited-login.ts';
import { listBackends, withTestStack, type Backend, type TestStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';

const program = await builtProgram();

const syncFile = `
account: business
feeds:
  - { name: all, categories: ["0"] }
quotas: { per_second: 1000 }
`;

interface Started {
  readonly child: ChildProcess;
  readonly output: { text: string };
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
}

interface Site {
  readonly stack: TestStack;
  readonly login: LimitedLogin;
  /** Starts a command as a process of its own, on the database by the limited login. */
  readonly start: (...args: string[]) => Started;
}

function startOn(env: Readonly<Record<string, string>>, args: readonly string[]): Started {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}\n`);
  const project = createProject({ '.env.local': settings.join(''), 'catalog-sync.yaml': syncFile });
  const child = spawn(process.execPath, [program, ...args, '--project', project], {
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { text: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.text += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.text += text));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  return { child, output, ended };
}

async function withSite(backend: Backend, work: (site: Site) => Promise<void>): Promise<void> {
  await withTestStack({ backend, sandbox: { latencyMs: 20 } }, async (stack) => {
    const login = await createLimitedLogin(stack.database);
    const all: Started[] = [];
    const start = (...args: string[]) => {
      const started = startOn({ ...stack.env, DATABASE_URL: login.url }, args);
      all.push(started);
      return started;
    };
    try {
      await work({ stack, login, start });
    } finally {
      for (const { child } of all) child.kill('SIGKILL');
      await Promise.all(all.map(({ ended }) => ended));
      await login.drop();
    }
  });
}

/** A run that whoever works takes up. */
async function beginRun({ app }: TestStack): Promise<void> {
  const request = { scope: 'all', feedNames: ['all'], trigger: 'test', source: app.source } as const;
  await app.runs.claimSource(app.source);
  await app.begin({ ...request, budgetCalls: null, deadlineMs: null });
}

async function readRun(stack: TestStack): Promise<{ status: string; calls: number }> {
  const [run] = await stack.query<{ status: string; calls: number }>(
    'SELECT status, (SELECT count(*)::int FROM usage.api_call) AS calls FROM sync.run',
  );
  return run ?? { status: 'none', calls: 0 };
}

const isOver = async (stack: TestStack) =>
  !['none', 'queued', 'running'].includes((await readRun(stack)).status);
const isMidway = async (stack: TestStack) => (await readRun(stack)).calls > 30;

/** The process loses all its connections, and gets no other. */
async function makeFull(login: LimitedLogin): Promise<void> {
  await login.allow(0);
  await login.endAll();
}

/** The most connections that the login had at once, until the work is over. */
async function watch(login: LimitedLogin, work: Promise<unknown>): Promise<number> {
  const state = { isDone: false };
  const done = work.finally(() => (state.isDone = true));
  let most = 0;
  while (!state.isDone) {
    most = Math.max(most, await login.count());
    await delay(5);
  }
  await done;
  return most;
}

const pages = ['/', '/usage', '/problems', '/runs', '/products', '/queues', '/queues/board/api/queues'];

/** Opens each page five times, all at once. */
async function openPages(origin: string): Promise<void> {
  const urls = Array.from({ length: 5 }, () => pages.map((page) => new URL(page, origin))).flat();
  const answers = await Promise.all(urls.map((url) => fetch(url)));
  expect([...new Set(answers.map(({ status }) => status))]).toEqual([200]);
  for (const answer of answers) await answer.arrayBuffer();
}

interface Line {
  readonly time: string;
  readonly err?: { readonly code?: string };
}

/** How many lines of the log with the same code there were within a second, at most. */
function mostInASecond(text: string): number {
  const jsonLines = text.split('\n').filter((line) => line.startsWith('{'));
  const timesOf = new Map<string, number[]>();
  for (const { time, err } of jsonLines.map((line) => JSON.parse(line) as Line))
    if (err?.code !== undefined)
      timesOf.set(err.code, [...(timesOf.get(err.code) ?? []), new Date(time).getTime()]);
  const counts = [...timesOf.values()].flatMap((times) =>
    times.map((from) => times.filter((at) => at >= from && at < from + 1000).length),
  );
  return Math.max(0, ...counts);
}

// Side by side, for most of their time they wait.
describe.concurrent.each(listBackends())('with queues on %s', { timeout: 180_000 }, (backend) => {
  const all = backend === 'postgres' ? 20 : 12;

  it('a worker has 20 connections to Postgres at most, or 12 without the queues', () =>
    withSite(backend, async ({ stack, login, start }) => {
      await beginRun(stack);
      start('worker');
      const most = await watch(
        login,
        until(() => isOver(stack), { timeoutMs: 90_000 }),
      );
      expect(most).toBeLessThanOrEqual(all);
      expect(await readRun(stack)).toMatchObject({ status: 'succeeded' });
    }));

  it('so has a sync', () =>
    withSite(backend, async ({ login, start }) => {
      const { ended } = start('sync');
      expect(await watch(login, ended)).toBeLessThanOrEqual(all);
      expect(await ended).toBe(0);
    }));

  it('so has serve, which also serves the pages', () =>
    withSite(backend, async ({ stack, login, start }) => {
      await beginRun(stack);
      const { output } = start('serve', '--port', '0');
      const origin = await until(() => /pages at (http:\S+)/.exec(output.text)?.[1]);
      const over = until(() => isOver(stack), { timeoutMs: 90_000 });
      expect(await watch(login, Promise.all([openPages(origin), over]))).toBeLessThanOrEqual(all);
    }));

  it('web has 10 at most, or 7 without the queues', () =>
    withSite(backend, async ({ login, start }) => {
      const { output } = start('web', '--port', '0');
      const origin = await until(() => /pages at (http:\S+)/.exec(output.text)?.[1]);
      expect(await watch(login, openPages(origin))).toBeLessThanOrEqual(backend === 'postgres' ? 10 : 7);
    }));

  it('a worker does not start while Postgres has no free connection, and says so', () =>
    withSite(backend, async ({ login, start }) => {
      await login.allow(0);
      const { ended, output } = start('worker');
      expect(await ended).toBe(1);
      expect(output.text).toContain('DATABASE_FULL');
    }));

  it('a worker waits for a free connection, says so once a second, and completes its run by itself', () =>
    withSite(backend, async ({ stack, login, start }) => {
      await beginRun(stack);
      const worker = start('worker');
      await until(() => isMidway(stack));
      await makeFull(login);
      await delay(10_000);
      expect(worker.output.text).toContain('"code":"DATABASE_FULL"');
      expect(mostInASecond(worker.output.text)).toBe(1);
      await login.allow(-1);
      await until(() => isOver(stack), { timeoutMs: 90_000 });
      expect(await readRun(stack)).toMatchObject({ status: 'succeeded' });
    }));

  it.each(['worker', 'sync'])(
    'a %s without a connection ends by SIGTERM, long before it would be killed',
    (command) =>
      withSite(backend, async ({ stack, login, start }) => {
        if (command === 'worker') await beginRun(stack);
        // So that the run does not end before the connections do.
        await fetch(`${stack.sandbox.controlUrl}/latency`, { method: 'POST', body: '{"latencyMs":500}' });
        const { child, output, ended } = start(command);
        await until(() => isMidway(stack));
        await makeFull(login);
        await until(() => {
          expect(output.text).toContain('DATABASE_FULL');
          return true;
        });
        const stoppedAt = performance.now();
        child.kill('SIGTERM');
        expect(await ended).not.toBe('SIGKILL');
        // Compose kills after a minute.
        expect(performance.now() - stoppedAt).toBeLessThan(40_000);
      }),
  );
});
