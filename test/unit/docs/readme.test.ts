import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { anchorsOf, codeBlocks, listDocuments, listFiles, readText, root } from '../../support/doc-files.ts';
import { commandProblem } from '../../support/known-commands.ts';

const documents = listDocuments();
const blocks = documents.flatMap(codeBlocks);
const inLanguage = (language: string) => blocks.filter((block) => block.language === language);

/** The links of a document that lead nowhere. Links to other sites are not followed. */
function brokenLinks(file: string): string[] {
  const links = [...readText(file).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  return links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? file : join(dirname(file), path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
}

describe('every document', () => {
  test.each(documents)('%s has only links that lead somewhere', (file) => {
    expect(brokenLinks(file)).toEqual([]);
  });

  test.each(documents)('%s says what language each code block is in', (file) => {
    expect(codeBlocks(file).filter(({ language }) => language === '')).toEqual([]);
  });

  const commands = inLanguage('sh').flatMap(({ file, line, text }) =>
    text
      .split('\n')
      .filter((command) => command !== '' && !command.startsWith('#'))
      .flatMap((command) => command.split(' && ').map((part) => ({ file, line, command: part }))),
  );

  test.each(commands)('$command ($file:$line) exists', ({ command }) => {
    expect(commandProblem(command)).toBeNull();
  });

  test.each(inLanguage('cron'))('the cron line at $file:$line exists', ({ text }) => {
    expect(text).toMatch(/^([\d*/,-]+ ){5}\S/);
    expect(commandProblem(text)).toBeNull();
  });

  test.each(inLanguage('yaml'))('the settings at $file:$line can be used', ({ text }) => {
    expect(parseSyncFile(text, 'catalog-sync.yaml').feeds.length).toBeGreaterThan(0);
  });

  test.each(documents)('%s names only verbs and scripts that exist', (file) => {
    const named = [...readText(file).matchAll(/`((?:catalog-sync|npm run) [a-z][^`]*)`/g)].map(
      (match) => match[1] ?? '',
    );
    expect(
      named.map((command) => [command, commandProblem(command)]).filter(([, problem]) => problem !== null),
    ).toEqual([]);
  });
});

describe('README.md', () => {
  const text = readText('README.md');

  test('has the two commands of a newcomer', () => {
    const lines = codeBlocks('README.md').map((block) => block.text);
    expect(lines).toContain('npm ci && npm run demo');
    expect(lines).toContain('npm ci && npm test');
  });

  test('has one place for the output of the demo', () => {
    expect(text.split('<!-- demo:begin -->')).toHaveLength(2);
    expect(text.split('<!-- demo:end -->')).toHaveLength(2);
  });

  test('leads to every page of docs', () => {
    const reachable = new Set(['README.md']);
    for (const file of reachable) {
      for (const [, link = ''] of readText(file).matchAll(/\]\(([^)#\s]+\.md)/g))
        reachable.add(join(dirname(file), link));
    }
    expect(listFiles('docs', '.md').filter((file) => !reachable.has(file))).toEqual([]);
  });
});

test('errors name only commands and files that exist', () => {
  const remedies = listFiles('src', 'errors.ts').map(readText).join('\n');
  const commands = [...remedies.matchAll(/`(catalog-sync [^`]+)`/g)].map((match) => match[1] ?? '');
  const files = [...remedies.matchAll(/\b(docs\/[\w-]+\.md)\b/g)].map((match) => match[1] ?? '');
  expect(commands.map(commandProblem).filter((problem) => problem !== null)).toEqual([]);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
