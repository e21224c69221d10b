import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { App } from '../../../src/app/open-app.ts';
import { sourceBanner, withApp, type AppWork } from '../../../src/app/run-session.ts';
import { openSession } from '../../../src/app/session.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import type { ShutdownOptions } from '../../../src/core/lifecycle.ts';
import type { CallContext } from '../../../src/model/gateway.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { roots } from '../../support/gateway-inputs.ts';
import { createWorld } from '../../support/in-process.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';
import { until } from '../../support/until.ts';
import { openWeakLink } from '../../support/weak-link.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const sync = parseSyncFile('account: personal\nfeeds: [{ name: bags, categories: ["54"] }]\n', 'test');
const steps = { stopNowMs: 20, cutMs: 40, overMs: 60 };
/** Everything is cut off soon, and the end waited for. */
const patient = { stopNowMs: 20, cutMs: 1000, overMs: 50_000 };
const byHand: CallContext = { lane: 'manual', runId: null, jobId: null, windowId: null, freshForMs: 0 };
const noLimits: ShutdownOptions = { afterSignal: null, deadline: null };

function open(changed: Readonly<Record<string, string>> = {}) {
  const env = {
    ...{ ALIBABA_API_URL: 'http://127.0.0.1:9/openapi', ALIBABA_APP_KEY: '4711471' },
    ...{ ALIBABA_APP_SECRET: 'aB3dE5gH7jK9', DATABASE_URL: database.url, LOG_LEVEL: 'silent', ...changed },
  };
  const { context, stderr } = createWorld({ env });
  const session = openSession(new Command().setOptionValue('project', context.cwd), context, {
    logs: 'service',
  });
  const run = (work: AppWork, limits = noLimits) => withApp(session, { sync }, work, limits);
  return { run, stderr, signals: context.signals, cwd: context.cwd };
}

const countConnections = async () => {
  const { rows } = await database.pool.query<{ count: number }>(
    'SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  return rows[0]?.count ?? 0;
};

/** Before the 10 s after which a connection that is not used ends by itself. */
const soon = { timeoutMs: 6000 };

const forever = () => new Promise<never>(() => undefined);

describe('work over the whole product', () => {
  it('has it open until its end, and leaves nothing behind', async () => {
    const { run, stderr, signals } = open();
    let isDone = false;
    let opened: App | undefined;
    await run(async (app, shutdown, url) => {
      opened = app;
      expect([app.source, url, shutdown.drain.aborted]).toEqual(['sandbox', database.url, false]);
      expect(await countConnections()).toBeGreaterThan(0);
      expect(signals.listenerCount('SIGTERM')).toBe(1);
      isDone = true;
    });
    expect(isDone).toBe(true);
    expect(opened?.pool.totalCount).toBe(0);
    expect(signals.listenerCount('SIGTERM')).toBe(0);
    expect(stderr.text).toBe('');
    await until(async () => (await countConnections()) === 0, soon);
  });

  it('fails as the work fails, with everything closed', async () => {
    await expect(open().run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await until(async () => (await countConnections()) === 0, soon);
  });

  it('needs credentials before anything is opened', async () => {
    const { run } = open({ ALIBABA_APP_SECRET: '', DATABASE_URL: 'postgres://127.0.0.1:9/none' });
    await expect(run(forever)).rejects.toMatchObject({ code: 'CREDENTIALS_MISSING' });
  });

  it('is refused on the database of another app', { timeout: 20_000 }, async () => {
    const own = open({ ALIBABA_API_URL: 'https://gw.example/openapi' });
    await own.run((app) => app.runs.claimSource(app.source));
    const other = open({ ALIBABA_API_URL: 'https://gw.example/openapi', ALIBABA_APP_KEY: '4711472' });
    await expect(other.run(forever)).rejects.toMatchObject({ code: 'DATABASE_OTHER_APP' });
    await until(async () => (await countConnections()) === 0, soon);
  });

  it('that does not end after a signal is given up, and says so', { timeout: 20_000 }, async () => {
    const { run, stderr, signals } = open();
    const work: AppWork = () => {
      signals.emit('SIGTERM');
      return forever();
    };
    await expect(run(work, { afterSignal: steps, deadline: null })).rejects.toMatchObject({
      code: 'RUN_INTERRUPTED',
      // Calls may have been made by then, and their answers are stored.
      kind: { remedy: expect.stringMatching(/^What was fetched is kept/) as string },
    });
    expect(stderr.text).toMatch(
      /^stopping: calls in flight are finished first; a second signal stops at once\n/,
    );
  });

  it('that does not end before its deadline is given up, and says so', { timeout: 20_000 }, async () => {
    const { run, stderr } = open();
    const deadline = { inMs: -1, steps };
    await expect(run(forever, { afterSignal: null, deadline })).rejects.toMatchObject({
      code: 'DEADLINE_PASSED',
    });
    expect(stderr.text).toMatch(/^the deadline has come: calls in flight are finished first\n/);
  });
});

describe('a statement that is cancelled', () => {
  const cancelled = () => database.pool.query('SELECT pg_cancel_backend(pg_backend_pid())');
  /** What comes of work that fails when nothing is waited for any more. */
  const failLate = (end: () => Promise<unknown>) => {
    const { run, signals } = open();
    const work: AppWork = async (_, { cut }) => {
      signals.emit('SIGTERM');
      await until(() => cut.aborted);
      await end();
    };
    return run(work, { afterSignal: patient, deadline: null });
  };

  it('when the work was stopped interrupts it', async () => {
    await expect(failLate(cancelled)).rejects.toMatchObject({ code: 'RUN_INTERRUPTED' });
  });

  it('is told from another failure', async () => {
    const broken = new Error('broken');
    await expect(failLate(() => Promise.reject(broken))).rejects.toBe(broken);
    const work: AppWork = async () => {
      await cancelled();
    };
    await expect(open().run(work)).rejects.toMatchObject({ code: '57014' });
  });
});

describe('calls that can not be settled before the end', () => {
  /** Calls whose answers come when the database does not answer any more; gives what is said of them. */
  async function callInto(calls: 1 | 2, prepare: (project: string) => void): Promise<string> {
    const [link, sandbox] = await Promise.all([
      openWeakLink(database.url),
      startTestSandbox({ latencyMs: 1000 }),
    ]);
    try {
      await database.pool.query('TRUNCATE usage.api_call, usage.in_flight');
      const { run, stderr, signals, cwd } = open({ ...sandboxSettings(sandbox), DATABASE_URL: link.url });
      const work: AppWork = async ({ gateway }) => {
        prepare(cwd);
        const calling = [gateway.readTime(byHand), ...(calls === 2 ? [gateway.call(roots, byHand)] : [])];
        await until(async () => (await countSent()) === calls);
        link.stall();
        signals.emit('SIGTERM');
        await Promise.allSettled(calling);
      };
      await run(work, { afterSignal: patient, deadline: null }).catch(() => undefined);
      return stderr.text.split('\n').slice(1).join('\n');
    } finally {
      await link.close();
      await sandbox.close();
    }
  }
  const countSent = async () =>
    (await database.pool.query('SELECT FROM usage.in_flight WHERE sent_at IS NOT NULL')).rows.length;

  it('are kept, and people are told', { timeout: 60_000 }, async () => {
    expect(await callInto(2, () => undefined)).toMatch(
      /^2 calls could not be settled \(DATABASE_UNREACHABLE\): the answers are kept, and the next start stores them\n$/,
    );
  });

  it('count as unknown where they can not be kept', { timeout: 60_000 }, async () => {
    expect(await callInto(1, (project) => writeFileSync(join(project, '.catalog-sync'), ''))).toMatch(
      /^1 call could not be settled \(DATABASE_UNREACHABLE\): no answer is kept, so that they count as unknown\n$/,
    );
  });
});

it('invented offers are never taken for real ones', () => {
  expect(sourceBanner('sandbox')).toBe('SANDBOX: using mock data');
  expect(sourceBanner('live')).toBe('fetching real data from 1688.com');
});
