import { expect, test } from 'vitest';
import { exitCodes } from '../../../src/core/exit-codes.ts';
import { runCli } from '../../../src/cli/main.ts';
import type { RunForecast } from '../../../src/model/run.ts';
import { until } from '../../support/until.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';
import { createTestDatabase } from '../../support/database.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

const syncFile = `
account: business
feeds: [{ name: all, categories: ['0'] }]
freshness: { detail: 3d }
quotas: { per_second: 1000 }
`;

const dayMs = 86_400_000;

interface RunJson {
  readonly forecast: RunForecast;
  readonly calls: Readonly<Record<string, number>>;
}

test('a user is asked before the quota is used up, and runs make about as many calls as planned', async () => {
  const [database, sandbox] = [await createTestDatabase(), await startTestSandbox({ offers: 300 })];
  try {
    const cwd = createProject({ 'catalog-sync.yaml': syncFile });
    const env = {
      ...sandboxSettings(sandbox),
      DATABASE_URL: database.url,
    };
    const type = async (typed: string | undefined, ...words: string[]) => {
      const person = typed === undefined ? {} : { typed };
      const { context, stdout, stderr } = createWorld({ cwd, env, ...person });
      const exitCode = await runCli(words, context);
      return { exitCode, out: stdout.text, err: stderr.text };
    };
    const cli = (...words: string[]) => type(undefined, ...words);
    const refused = await type('n\n', 'sync');
    expect(refused).toMatchObject({ exitCode: 5, out: '' });
    expect(refused.err).toContain('Continue until the quota is used up? [y/N]');
    const silent = createWorld({ cwd, env, typed: '', keepsTyping: true });
    const waiting = runCli(['sync'], silent.context);
    await until(() => silent.stderr.text.includes('[y/N]'), { what: 'the question' });
    silent.context.signals.emit('SIGINT');
    expect(await waiting).toBe(exitCodes.failed);
    expect((await database.pool.query('SELECT FROM sync.run')).rowCount).toBe(0);
    const first = await cli('sync');
    expect(first.err).not.toContain('[y/N]');
    expect(first.err).toContain('plan (nothing is known yet: upper bound): 1,051 category.children');
    expect(first.out).toMatch(/^ {2}offer\.detail +\d+ +9,500$/m);
    // A row vouches for 85 % of the age that counts: after 31 days, all details are older than three, and after one none is.
    for (const [day, days] of [
      [1, 1],
      [32, 31],
    ] as const) {
      sandbox.advance(days * dayMs);
      await database.pool.query('UPDATE usage.ledger_clock SET "offset" = $1 * interval \'1 day\'', [day]);
      const { forecast, calls } = JSON.parse((await cli('sync', '--json')).out) as RunJson;

      const made = Object.keys(forecast.calls).map(
        (operation) => [operation, calls[operation] ?? 0] as const,
      );
      for (const [operation, actual] of made) {
        const off = Math.abs((forecast.calls[operation] ?? 0) - actual);
        expect(off, `${operation}, ${String(actual)} calls on day ${String(day)}`).toBeLessThan(
          15 + actual / 3,
        );
      }
    }
  } finally {
    await sandbox.close();
    await database.drop();
  }
});
