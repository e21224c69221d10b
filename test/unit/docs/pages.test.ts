import { describe, expect, test } from 'vitest';
import { listFiles, readText } from '../../support/doc-files.ts';

/** Pages to look things up in, or to learn how it is built: they may be long. All others are for a task. */
const reference = [
  ...[
    '1688',
    'README',
    'architecture',
    'configuration',
    'cookbook',
    'data-dictionary',
    'errors',
    'extending',
  ],
  ...['faults', 'glossary', 'mapping', 'planner-model', 'reliability', 'searches', 'usage'],
].map((name) => `docs/${name}.md`);

const pages = listFiles('docs', '.md').filter((path) => !path.startsWith('docs/adr/'));
const tasks = pages.filter((path) => !reference.includes(path));

test('every reference page exists', () => {
  expect(reference.filter((path) => !pages.includes(path))).toEqual([]);
});

describe('a page for a task', () => {
  test.each(tasks)('%s has at most 1,500 words', (path) => {
    expect(readText(path).trim().split(/\s+/).length).toBeLessThanOrEqual(1500);
  });

  test.each(tasks)('%s begins with what it is for and the command that does it', (path) => {
    const beginning = readText(path).split('\n## ')[0] ?? '';
    expect(beginning).toMatch(/^# .+\n\n[A-Z`].+/);
    expect(beginning).toMatch(/catalog-sync(?:\.js)? [a-z]+|docker compose/);
  });
});
