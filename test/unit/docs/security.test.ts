import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { codeWords, readText, root, tableRows } from '../../support/doc-files.ts';

test('each guard that docs/security.md lists has test files, and they exist', () => {
  const [, after = ''] = readText('docs/security.md').split('\n## What is checked');
  const guards = tableRows(after).slice(2);
  expect(guards.length).toBeGreaterThan(20);
  for (const [guard = '', tests = ''] of guards) {
    const files = codeWords(tests);
    expect(files.length, guard).toBeGreaterThan(0);
    expect(files.filter((file) => !file.startsWith('test/') || !existsSync(join(root, file)))).toEqual([]);
  }
});
