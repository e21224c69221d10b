import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';
import { codeBlocks, root } from '../../support/doc-files.ts';
import { shellWords } from '../../support/known-commands.ts';

const commands = codeBlocks('docs/go-live.md')
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => text.split('\n'))
  // Those that never end by themselves, or run a suite of their own, have their own tests.
  .filter((line) => line !== '' && !/^npm |js sandbox /.test(line));

let database: TestDatabase;
let sandbox: Sandbox;
let project: string;
beforeAll(async () => {
  [database, sandbox] = [
    await createTestDatabase(),
    await startTestSandbox({ offers: 600, categories: 120 }),
  ];
  project = createProject();
});
afterAll(async () => {
  await sandbox.close();
  await database.drop();
});

/** Runs one line of the page, in a project whose 1688 is a sandbox. */
async function runLine(line: string): Promise<{ exitCode: number; err: string }> {
  const [program, ...words] = shellWords(line);
  if (program === 'cp') {
    copyFileSync(join(root, words[0] ?? ''), join(project, words[1] ?? ''));
    return { exitCode: 0, err: '' };
  }
  const env = {
    ...sandboxSettings(sandbox),
    DATABASE_URL: database.url,
  };
  const { context, stderr } = createWorld({ cwd: project, env });
  return { exitCode: await runCli(words.slice(1), context), err: stderr.text };
}

test('docs/go-live.md has commands to run', () => {
  expect(commands.length).toBeGreaterThan(8);
});

test('the commands of docs/go-live.md, typed one after the other, lead to products', async () => {
  for (const line of commands) {
    const { exitCode, err } = await runLine(line);
    expect(exitCode, `${line}\n${err}`).toBe(0);
  }
  const { rows } = await database.pool.query<{ offers: string }>(
    'SELECT count(*) AS offers FROM catalog.offer',
  );
  expect(Number(rows[0]?.offers)).toBeGreaterThan(0);
});
