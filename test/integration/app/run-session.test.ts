import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceBanner, withApp, type AppWork } from '../../../src/app/run-session.ts';
import { openSession } from '../../../src/app/session.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import type { ShutdownOptions } from '../../../src/core/lifecycle.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createWorld } from '../../support/in-process.ts';
import { until } from '../../support/until.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const sync = parseSyncFile('account: personal\nfeeds: [{ name: bags, categories: ["54"] }]\n', 'test');
const steps = { stopNowMs: 20, cutMs: 40, overMs: 60 };
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
  return { run, stderr, signals: context.signals };
}

const countConnections = async () => {
  const { rows } = await database.pool.query<{ count: number }>(
    'SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  return rows[0]?.count ?? 0;
};

const forever = () => new Promise<never>(() => undefined);

describe('work over the whole product', () => {
  it('has it open until its end, and leaves nothing behind', async () => {
    const { run, stderr, signals } = open();
    let isDone = false;
    await run(async (app, shutdown, url) => {
      expect([app.source, url, shutdown.drain.aborted]).toEqual(['sandbox', database.url, false]);
      expect(await countConnections()).toBeGreaterThan(0);
      expect(signals.listenerCount('SIGTERM')).toBe(1);
      isDone = true;
    });
    expect(isDone).toBe(true);
    expect(signals.listenerCount('SIGTERM')).toBe(0);
    expect(stderr.text).toBe('');
    await until(async () => (await countConnections()) === 0);
  });

  it('fails as the work fails, with everything closed', async () => {
    await expect(open().run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await until(async () => (await countConnections()) === 0);
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
    await until(async () => (await countConnections()) === 0);
  });

  it('that does not end after a signal is given up, and says so', { timeout: 20_000 }, async () => {
    const { run, stderr, signals } = open();
    const work: AppWork = () => {
      signals.emit('SIGTERM');
      return forever();
    };
    await expect(run(work, { afterSignal: steps, deadline: null })).rejects.toMatchObject({
      code: 'INTERRUPTED',
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

it('invented offers are never taken for real ones', () => {
  expect(sourceBanner('sandbox')).toBe('SANDBOX: using mock data');
  expect(sourceBanner('live')).toBe('fetching real data from 1688.com');
});
