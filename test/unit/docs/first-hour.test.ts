import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { codeBlocks } from '../../support/doc-files.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

const page = 'docs/first-hour.md';
const blockOf = (language: string, beginning: string) =>
  codeBlocks(page).find((block) => block.language === language && block.text.startsWith(beginning))?.text;
const command = 'node bin/catalog-sync.js';
/** The terminal that the page was captured on. */
const columns = 96;

/** When a run would end, which is never the time on the page. */
const withoutTime = (text: string) => text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(Shanghai\)/, '(time)');

test('what docs/first-hour.md shows is what its commands print', async () => {
  const cwd = createProject();
  const typed = '\n\n\n手机壳, 双肩包\n54\n\n';
  const asked = createWorld({ cwd, typed, columns, command });
  expect(await runCli(['init'], asked.context)).toBe(0);
  const shown = blockOf('text', `$ ${command} init`) ?? '';
  const questions = shown.split('\n').filter((line) => line.includes('Enter:'));
  expect(questions).toHaveLength(6);
  for (const question of questions)
    expect(asked.stderr.text).toContain(question.slice(0, question.indexOf('):') + 2));
  expect(withoutTime(shown)).toContain(withoutTime(asked.stdout.text).trim());
  expect(shown).toContain(asked.stderr.text.slice(asked.stderr.text.indexOf('Written: ')).trim());

  expect(blockOf('yaml', '# What to sync')).toBe(readFileSync(join(cwd, 'catalog-sync.yaml'), 'utf8').trim());

  const form = createWorld({ cwd, columns, command });
  await runCli(['permissions', 'apply', 'search.keyword'], form.context);
  expect(blockOf('text', `$ ${command} permissions`)).toBe(
    `$ ${command} permissions apply search.keyword\n${form.stdout.text}${form.stderr.text}`.trim(),
  );
});
