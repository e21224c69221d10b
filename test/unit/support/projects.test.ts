import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const projects = ['unit', 'integration', 'system', 'containers'] as const;

const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => join('test', file));

/** What only starts or reaches servers and processes. What of the product does, the project refuses when it tries. */
const servers: ReadonlySet<string> = new Set([
  ...['pg', 'ioredis', 'node:child_process', 'node:http', 'node:net', 'playwright-core'],
  ...['testcontainers', '@testcontainers/postgresql'],
  ...[
    'database',
    'global-setup',
    'redis',
    'redis-source',
    'postgres-source',
    'receiver',
    'sandbox',
    'stack',
  ].map((name) => `test/support/${name}.ts`),
]);

/** What a file imports when it runs: packages by name, files by their path in the project. */
function listImports(file: string, text = readFileSync(join(root, file), 'utf8')): string[] {
  const pattern = /^(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'/gm;
  return [...text.matchAll(pattern)].map(([, named = '', dynamic = '']) => {
    const from = named === '' ? dynamic : named;
    return from.startsWith('.') ? relative(root, resolve(root, dirname(file), from)) : from;
  });
}

/** How a file comes to a server, as the files from one to the next; null: it does not. The product is not searched. */
function findWayToServer(file: string, seen = new Set<string>()): string[] | null {
  if (servers.has(file)) return [file];
  if (seen.has(file) || file.startsWith('src/') || !existsSync(join(root, file))) return null;
  seen.add(file);
  for (const imported of listImports(file)) {
    const way = findWayToServer(imported, seen);
    if (way !== null) return [file, ...way];
  }
  return null;
}

describe('the projects', () => {
  test('have every test file between them', () => {
    const tests = files.filter((file) => file.endsWith('.test.ts'));
    expect(tests.length).toBeGreaterThan(200);
    expect(tests.filter((file) => !projects.some((name) => file.startsWith(`test/${name}/`)))).toEqual([]);
  });

  test('import nothing from one another', () => {
    const foreign = files.flatMap((file) => {
      const own = file.split('/').slice(0, 2).join('/');
      return listImports(file)
        .filter(
          (path) => projects.some((name) => path.startsWith(`test/${name}/`)) && !path.startsWith(`${own}/`),
        )
        .map((path) => `${file} imports ${path}`);
    });
    expect(foreign).toEqual([]);
  });
});

describe('a unit test', () => {
  const tests = files.filter((file) => file.startsWith('test/unit/') && file.endsWith('.test.ts'));

  test.each(tests)('%s imports no server and starts no process, nor does what it imports', (file) => {
    expect(findWayToServer(file)).toBeNull();
  });

  test.each([
    ["import pg from 'pg';", 'pg'],
    ["import { spawn } from 'node:child_process';", 'node:child_process'],
    ["import {\n  spawn,\n} from 'node:child_process';", 'node:child_process'],
    // Not written out, for this file is searched too.
    ["const { Redis } = await load('ioredis');".replace('load', 'import'), 'ioredis'],
    ["export { a } from 'pg';", 'pg'],
    ["import '../support/stack.ts';", 'test/support/stack.ts'],
  ])('is seen to import by %j', (text, path) => {
    expect(listImports('test/unit/a.test.ts', text)).toEqual([path]);
  });

  test('may import types of them', () => {
    expect(listImports('test/unit/a.test.ts', "import type pg from 'pg';\n")).toEqual([]);
  });

  test('comes to a server by way of what it imports', () => {
    expect(findWayToServer('test/support/open-ledger.ts')).toEqual([
      'test/support/open-ledger.ts',
      'test/support/database.ts',
    ]);
  });

  test('that connects, listens or starts a process fails', () => {
    const { connect, createServer } = process.getBuiltinModule('node:net');
    const { execFileSync, spawn } = process.getBuiltinModule('node:child_process');
    const why = 'it belongs in test/integration or test/system';
    expect(() => connect(9, '127.0.0.1')).toThrow(why);
    expect(() => createServer().listen(0)).toThrow(why);
    expect(() => spawn('true')).toThrow(why);
    expect(() => execFileSync('true')).toThrow(why);
  });
});
