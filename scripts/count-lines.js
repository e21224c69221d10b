// `npm run lines [folder]`: the files and lines of code of each top folder below `folder` (default `src`), without blank
// lines and comments. SQL files count in a column of their own.
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

const code = new Set(['.ts', '.js', '.css', '.sql']);

/** Lines that hold more than blanks and comments. Strings that hold a comment mark are rare enough to count as code. */
function countCode(text, extension) {
  const withoutBlocks = text.replaceAll(/^[ \t]*\/\*[\s\S]*?\*\/[ \t]*$/gm, '');
  const comment = extension === '.sql' ? /^\s*--/ : /^\s*\/\//;
  return withoutBlocks.split('\n').filter((line) => line.trim() !== '' && !comment.test(line)).length;
}

const root = process.argv[2] ?? 'src';
const totals = new Map();
for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
  const extension = extname(entry.name);
  if (!entry.isFile() || !code.has(extension)) continue;
  const path = join(entry.parentPath, entry.name);
  const parts = relative(root, path).split(sep);
  const folder = parts.length > 1 ? (parts[0] ?? '') : '.';
  const total = totals.get(folder) ?? { files: 0, code: 0, sql: 0 };
  const lines = countCode(readFileSync(path, 'utf8'), extension);
  total.files += 1;
  total[extension === '.sql' ? 'sql' : 'code'] += lines;
  totals.set(folder, total);
}
const rows = [...totals]
  .sort(([a], [b]) => a.localeCompare(b))
  .map(([folder, total]) => ({ folder, ...total }));
const sum = (of) => rows.reduce((total, row) => total + of(row), 0);
rows.push({
  folder: 'all',
  files: sum((row) => row.files),
  code: sum((row) => row.code),
  sql: sum((row) => row.sql),
});
for (const [folder, ...numbers] of [['folder', 'files', 'code', 'sql'], ...rows.map(Object.values)])
  process.stdout.write(`${folder.padEnd(14)}${numbers.map((cell) => String(cell).padStart(8)).join('')}\n`);
