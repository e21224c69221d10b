import { expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { codeBlocks } from '../../support/doc-files.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

/* What init and permissions print is in the unit test of this name; doctor asks git. */

const command = 'node bin/catalog-sync.js';

test('what docs/first-hour.md shows of doctor is what it prints in the project of the page', async () => {
  const cwd = createProject();
  const made = createWorld({ cwd, typed: '\n\n\n手机壳, 双肩包\n54\n\n', columns: 96, command });
  expect(await runCli(['init'], made.context)).toBe(0);
  const { context, stdout } = createWorld({ cwd, columns: 96, command, env: { NO_COLOR: '1' } });
  await runCli(['doctor', '--offline'], { ...context, isTty: { ...context.isTty, stdout: true } });
  const first = `$ ${command} doctor --offline\n`;
  const shown = codeBlocks('docs/first-hour.md').find(({ text }) => text.startsWith(first))?.text;
  const [checks, names] = `${first}${stdout.text}`.split('\n\n');
  expect(checks).toBe(shown);
  expect(names).toMatch(/^API names of the registration guide:\n/);
  expect(stdout.text.trim()).toMatch(/\nNext: .*$/);
});
