// `npm run docs:demo`: runs the README's demo and puts what it printed between the marks in README.md.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const root = join(import.meta.dirname, '..');
const readme = join(root, 'README.md');
const begin = '<!-- demo:begin -->';
const end = '<!-- demo:end -->';

// Both streams into one pipe, in the order in which a terminal would show them.
const demo = spawnSync('sh', ['-c', 'exec npm run demo 2>&1'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 2 ** 24,
});
if (demo.status !== 0) {
  console.error(demo.stdout);
  console.error('The demo failed; README.md was left as it is.');
  process.exit(1);
}

const output = stripVTControlCharacters(demo.stdout).replaceAll(root, '.').trim();
const [before, rest = ''] = readFileSync(readme, 'utf8').split(begin);
const [, after] = rest.split(end);
if (after === undefined) throw new Error(`README.md needs ${begin} and ${end}`);
writeFileSync(readme, `${before}${begin}\n\n\`\`\`text\n$ npm run demo\n${output}\n\`\`\`\n\n${end}${after}`);
