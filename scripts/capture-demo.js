// `npm run docs:demo`: runs the README's demo twice, in a folder of its own, and puts what it printed between the
// marks in README.md.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const root = join(import.meta.dirname, '..');
const readme = join(root, 'README.md');
const begin = '<!-- demo:begin -->';
const end = '<!-- demo:end -->';

function runDemo(project) {
  // Both streams into one pipe, in the order in which a terminal would show them.
  const command = 'exec npm run --silent demo -- --project "$1" 2>&1';
  const demo = spawnSync('sh', ['-c', command, 'sh', project], { cwd: root, encoding: 'utf8' });
  if (demo.status !== 0) throw new Error(`the demo failed; README.md is as it was\n${demo.stdout}`);
  const output = stripVTControlCharacters(demo.stdout).replaceAll(`${project}/`, '');
  return `$ npm run demo\n${output.trimEnd().replace(/[ \t]+$/gm, '')}`;
}

const [before, rest = ''] = readFileSync(readme, 'utf8').split(begin);
const [, after] = rest.split(end);
if (after === undefined) throw new Error(`README.md needs ${begin} and ${end}`);
const project = mkdtempSync(join(tmpdir(), 'catalog-sync-demo-'));
// Root's Postgres runs as another user: where it can't enter, its data would be left outside the folder.
chmodSync(project, 0o755);
try {
  const runs = [runDemo(project), runDemo(project)];
  writeFileSync(readme, `${before}${begin}\n\n\`\`\`text\n${runs.join('\n\n')}\n\`\`\`\n\n${end}${after}`);
} finally {
  rmSync(project, { recursive: true, force: true });
}
