import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeWords, listFiles, readText, root, tableRows } from '../../support/doc-files.ts';

interface Rule {
  readonly name: string;
  readonly severity: string;
  readonly from: { readonly path?: string };
  readonly to: { readonly pathNot?: string };
}

const { forbidden } = createRequire(import.meta.url)(join(root, '.dependency-cruiser.cjs')) as {
  forbidden: Rule[];
};

/** Each room with what it may import beside itself, by the import checker. */
function enforcedDoors(): Record<string, string[]> {
  return Object.fromEntries(
    forbidden
      .filter((rule) => rule.name.endsWith('-doors'))
      .map((rule) => {
        const room = rule.name.replace(/-doors$/, '');
        const allowed = (/^\^src\/\((.*)\)\/$/.exec(rule.to.pathNot ?? '')?.[1] ?? '').split('|');
        return [room, allowed.filter((name) => name !== room)];
      }),
  );
}

function documentedDoors(): Record<string, string[]> {
  const rows = tableRows(readText('docs/architecture.md').split('\n## Who writes which table')[0] ?? '');
  const table = rows.slice(rows.findIndex(([first]) => first === 'room') + 2);
  return Object.fromEntries(
    table.map(([room, allowed]) => [codeWords(room ?? '')[0] ?? '', codeWords(allowed ?? '')]),
  );
}

describe('docs/architecture.md', () => {
  test('shows the doors that the import checker enforces', () => {
    expect(documentedDoors()).toEqual(enforcedDoors());
  });

  test('each rule of a room is an error and is about that room', () => {
    for (const rule of forbidden.filter(({ name }) => name.endsWith('-doors'))) {
      expect(rule.severity).toBe('error');
      expect(rule.from.path).toBe(`^src/${rule.name.replace(/-doors$/, '')}/`);
    }
  });

  test('has a row for every folder of src that does not put parts together', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'cli')
      .map((entry) => entry.name);
    expect(Object.keys(documentedDoors())).toEqual(expect.arrayContaining(folders));
  });

  test('links every decision record', () => {
    const records = listFiles('docs/adr', '.md').map((path) => path.replace('docs/', ''));
    const linked = [...readText('docs/architecture.md').matchAll(/\((adr\/[^)]+)\)/g)].map(
      (match) => match[1],
    );
    expect(linked).toEqual(records);
  });

  test.each(listFiles('docs/adr', '.md'))('%s says why, what follows, and what would change it', (path) => {
    const headings = [...readText(path).matchAll(/^## (.+)$/gm)].map((match) => match[1]);
    expect(headings).toEqual(['Context', 'Decision', 'Consequences', 'What would change our mind']);
  });

  test('names only files and folders that exist', () => {
    const text = [readText('docs/architecture.md'), ...listFiles('docs/adr', '.md').map(readText)].join('\n');
    const named = [...text.matchAll(/`(src\/[\w./-]+)`/g)].map((match) => match[1] ?? '');
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
