import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { hasDatabase, withDatabase, withExistingDatabase } from '../../../src/app/with-database.ts';
import { loadConfig, type Environment } from '../../../src/config/environment.ts';
import { createLogger } from '../../../src/core/log.ts';
import { createProject } from '../../support/in-process.ts';

const elsewhere = { DATABASE_URL: 'postgres://127.0.0.1:9/none' };
const log = createLogger({ level: 'silent', pretty: false });

interface Place {
  readonly env?: Environment;
  readonly hasFolder?: boolean;
}

function parts({ env = elsewhere, hasFolder = false }: Place = {}) {
  const projectDir = createProject();
  if (hasFolder) mkdirSync(join(projectDir, '.catalog-sync', 'postgres'), { recursive: true });
  const signals = new EventEmitter();
  return { context: { signals }, config: loadConfig({ projectDir, env }), log, signals };
}

/** Work that only a signal ends. */
const forever = () => new Promise<never>(() => undefined);
const interrupted = { code: 'INTERRUPTED' };

describe('work over a database', () => {
  it('gives what it brings, and then nobody listens for signals', async () => {
    const { signals, ...rest } = parts();
    const work = withDatabase(rest, ({ url }) => Promise.resolve([url, signals.listenerCount('SIGTERM')]));
    expect(await work).toEqual([elsewhere.DATABASE_URL, 1]);
    expect([signals.listenerCount('SIGTERM'), signals.listenerCount('SIGINT')]).toEqual([0, 0]);
  });

  it(
    'is interrupted by a signal, also by one that comes while the database is opened',
    { timeout: 5000 },
    async () => {
      const { signals, ...rest } = parts();
      const early = withDatabase(rest, forever);
      signals.emit('SIGTERM');
      await expect(early).rejects.toMatchObject(interrupted);
      const late = withDatabase(rest, (_, signal) => {
        setImmediate(() => signals.emit('SIGINT'));
        expect(signal.aborted).toBe(false);
        return forever();
      });
      await expect(late).rejects.toMatchObject(interrupted);
      expect(signals.listenerCount('SIGTERM')).toBe(0);
    },
  );

  it('never sends a password to another machine in the clear', async () => {
    const rest = parts({ env: { DATABASE_URL: 'postgres://u:p@db.example/none' } });
    await expect(withDatabase(rest, forever)).rejects.toMatchObject({ code: 'CONNECTION_NOT_ENCRYPTED' });
  });
});

it.each([
  [{}, false, false],
  [{}, true, true],
  [elsewhere, false, true],
  [elsewhere, true, true],
])('with the settings %j and a folder of a database (%s), there is one: %s', (env, hasFolder, isThere) => {
  expect(hasDatabase(parts({ env, hasFolder }).config)).toBe(isThere);
});

it('what only reads makes no database', async () => {
  const rest = parts({ env: {} });
  await expect(withExistingDatabase(rest, forever)).rejects.toMatchObject({ code: 'DATABASE_NOT_THERE' });
  expect(hasDatabase(rest.config)).toBe(false);
  const other = parts();
  expect(await withExistingDatabase(other, ({ url }) => Promise.resolve(url))).toBe(elsewhere.DATABASE_URL);
});
