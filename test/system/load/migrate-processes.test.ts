import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

const shipped = fileURLToPath(new URL('../../../migrations', import.meta.url));
const migrateModule = new URL('../../../src/db/migrate.ts', import.meta.url).href;

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase({ migrated: false });
});
afterEach(() => db.drop());

describe('the shipped migrations', () => {
  it('are applied by one of three processes that start at once; the others find nothing to do', async () => {
    const script = `
      import { migrate } from ${JSON.stringify(migrateModule)};
      const log = { info() {}, warn() {} };
      const done = await migrate({ connectionString: ${JSON.stringify(db.url)}, log });
      console.log(JSON.stringify(done.applied));`;
    const tsx = fileURLToPath(new URL('../../../node_modules/tsx/dist/cli.mjs', import.meta.url));
    const start = () =>
      new Promise<unknown>((resolve, reject) => {
        const child = spawn(process.execPath, [tsx, '--input-type=module', '--eval', script]);
        let out = '';
        child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
        child.stderr.on('data', (chunk: Buffer) => (out += chunk.toString()));
        child.on('close', (code) => {
          if (code === 0) resolve(JSON.parse(out));
          else reject(new Error(out));
        });
      });
    const applied = await Promise.all([start(), start(), start()]);
    const journal = readFileSync(join(shipped, 'meta', '_journal.json'), 'utf8');
    const names = (JSON.parse(journal) as { entries: { tag: string }[] }).entries.map(({ tag }) => tag);
    expect(applied.toSorted((a, b) => JSON.stringify(a).length - JSON.stringify(b).length)).toEqual([
      [],
      [],
      names,
    ]);
  });
});
