import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { ErrorKind } from '../../../src/core/errors.ts';
import { codeWords, listFiles, readText, root, tableRows } from '../../support/doc-files.ts';

/** Every file of the product that defines error codes. */
const homes = listFiles('src', '.ts').filter((path) => readText(path).includes('= defineErrors('));

function isErrorKind(value: unknown): value is ErrorKind {
  return (
    typeof value === 'object' && value !== null && 'code' in value && 'recovery' in value && 'remedy' in value
  );
}

async function definedKinds(): Promise<ErrorKind[]> {
  const modules = await Promise.all(
    homes.map(
      async (path) => (await import(pathToFileURL(join(root, path)).href)) as Record<string, unknown>,
    ),
  );
  return modules.flatMap((module) =>
    Object.values(module).flatMap((exported) =>
      typeof exported === 'object' && exported !== null ? Object.values(exported).filter(isErrorKind) : [],
    ),
  );
}

const text = readText('docs/errors.md');
/** `| code | recovery | origin | cause | what happens by itself | what to do |` */
const rows = tableRows(text).filter((cells) => cells.length === 6 && /^`[A-Z_]+`$/.test(cells[0] ?? ''));
const kinds = await definedKinds();

describe('docs/errors.md', () => {
  test('has exactly one row for every code, and none for another', () => {
    expect(homes.length).toBeGreaterThan(3);
    expect(rows.map(([code]) => codeWords(code ?? '')[0]).toSorted()).toEqual(
      kinds.map(({ code }) => code).toSorted(),
    );
  });

  test('says the recovery and the origin that the code has', () => {
    const documented = new Map(
      rows.map(([code, recovery, origin]) => [codeWords(code ?? '')[0], { recovery, origin }]),
    );
    expect(documented).toEqual(
      new Map(kinds.map(({ code, recovery, origin }) => [code, { recovery, origin }])),
    );
  });

  test('leaves no cell empty', () => {
    expect(rows.filter((cells) => cells.some((cell) => cell === ''))).toEqual([]);
  });

  test('explains every recovery', () => {
    const explained = tableRows(text)
      .filter((cells) => cells.length === 2)
      .map(([word]) => codeWords(word ?? '')[0]);
    expect(explained).toEqual(expect.arrayContaining([...new Set(kinds.map(({ recovery }) => recovery))]));
  });

  test.each([
    'Access token invalid',
    'API permission denied',
    'Signature verification failed',
    'Still seeing mock data',
  ])('has a heading for "%s"', (trouble) => {
    expect(text).toMatch(new RegExp(`^## "?${trouble}"?$`, 'm'));
  });
});

test('every error says what a person should do, in a sentence', () => {
  for (const { code, remedy } of kinds) expect(`${code}: ${remedy}`).toMatch(/: \S.{15,}[.)]$/s);
});
