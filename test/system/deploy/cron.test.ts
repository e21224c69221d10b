import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { codeBlocks } from '../../support/doc-files.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';
import { root } from '../../support/compose-file.ts';

let database: TestDatabase;
let sandbox: Sandbox;
let project: string;

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await startTestSandbox();
  project = mkdtempSync(join(tmpdir(), 'cron-'));
  const settings = {
    ...sandboxSettings(sandbox),
    DATABASE_URL: database.url,
  };
  writeFileSync(
    join(project, '.env.local'),
    Object.entries(settings)
      .map(([key, value]) => `${key}=${value}\n`)
      .join(''),
  );
  writeFileSync(
    join(project, 'catalog-sync.yaml'),
    "account: business\nquotas: { per_second: 200 }\nfeeds: [{ name: all, categories: ['0'], max_pages: 1 }]\n",
  );
});

afterAll(async () => {
  await sandbox.close();
  await database.drop();
  rmSync(project, { recursive: true, force: true });
});

/** The line of docs/operations.md after its five fields, with this machine's folders in place of the example's. */
function documentedCommand(): string {
  const [block] = codeBlocks('docs/operations.md').filter(({ language }) => language === 'cron');
  const command = (block?.text ?? '').split(' ').slice(5).join(' ');
  return command
    .replace('PATH=/usr/local/bin', `PATH=${dirname(process.execPath)}`)
    .replace('--project /srv/catalog-sync', `--project ${project}`)
    .replace('/srv/catalog-sync', root);
}

test('the documented cron line syncs, from / and with next to no environment', async () => {
  const command = documentedCommand();
  expect(command).toContain(`node ${root}/bin/catalog-sync.js sync --project ${project}`);
  const cron = spawn('/usr/bin/env', ['-i', 'PATH=/usr/bin:/bin', 'sh', '-c', command], { cwd: '/' });
  let errors = '';
  cron.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  cron.stdout.resume();
  const [code] = (await once(cron, 'close')) as [number];
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  const { rows } = await database.pool.query<{ status: string }>('SELECT status FROM sync.run');
  expect(rows).toEqual([{ status: 'succeeded' }]);
});
