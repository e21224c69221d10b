import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anchorsOf, codeWords, readText, root, tableRows } from '../../support/doc-files.ts';
import { commandProblem } from '../../support/known-commands.ts';

const pages = ['docs/guide.md', 'docs/guide-apis.md'];

/** Parts 0 to 6 of the guide by their steps, then its problems (7), help (8), and checklist (9). */
const steps = [
  ...['0', '1.1', '1.2', '1.3', '1.4', '1.5', '1.6', '1.7', '1.8'],
  ...['2.1', '2.2', '2.3', '2.4', '2.5', '2.6', '3.1', '3.2', '3.3', '3.4', '3.5', '3.6'],
  ...['4.1', '4.2', '4.3', '4.4', '5.1', '5.2', '5.3', '5.4', '5.5'],
  ...['6.1', '6.2', '6.3', '6.4', '6.5', '7.1', '7.2', '7.3', '7.4', '8', '9'],
];

const rows = pages
  .flatMap((page) => tableRows(readText(page)))
  .filter(([step = '']) => /^\d/.test(step))
  .map(([step = '', statement = '', answer = '', text = '', ...rest]) => ({
    ...{ step, statement, answer, text, rest },
  }));
const having = (wanted: string) => rows.filter(({ answer }) => answer === wanted);

test('each step of the guide has a row, in its order', () => {
  expect([...new Set(rows.map(({ step }) => step))]).toEqual(steps);
  expect(rows.length).toBeGreaterThan(90);
});

test('each row is served, corrected or out of scope', () => {
  const others = rows.filter(({ answer }) => !['served', 'corrected', 'out of scope'].includes(answer));
  expect(others).toEqual([]);
  expect(rows.filter(({ statement, rest }) => statement === '' || rest.length > 0)).toEqual([]);
});

test('what is corrected has a reason, and says how sure it is', () => {
  expect(having('corrected').length).toBeGreaterThan(20);
  for (const { text } of having('corrected')) {
    expect(text.length).toBeGreaterThan(30);
    expect(text).toMatch(/\b(documented|measured|guessed|unknown|ours)\b/);
  }
});

describe('what is served', () => {
  test('is mostly a page, a command or a setting', () => {
    expect(having('served').filter(({ text }) => text === '')).toEqual([]);
    const led = having('served').filter(({ text }) => /\]\(|`/.test(text));
    expect(led.length).toBeGreaterThan(0.9 * having('served').length);
  });

  test('has commands that exist', () => {
    const commands = rows
      .flatMap(({ text }) => codeWords(text))
      .filter((words) => /^(catalog-sync|npm) /.test(words));
    expect(commands.length).toBeGreaterThan(15);
    expect(commands.map(commandProblem).filter((problem) => problem !== null)).toEqual([]);
  });

  test('has links that lead somewhere', () => {
    const links = rows.flatMap(({ text }) => [...text.matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)]);
    expect(links.length).toBeGreaterThan(50);
    const broken = links.filter(([, path = '', anchor]) => {
      const file = join('docs', path);
      return !existsSync(join(root, file)) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});
