// `node scripts/test-on-node.js VERSION [PATH...]`: `npm test`, then the system tests, on another version of Node, as npm
// has it; with paths, these tests only.
import { execFileSync, spawnSync } from 'node:child_process';
import { delimiter, dirname } from 'node:path';

const [version, ...paths] = process.argv.slice(2);
const args = ['exec', '--yes', `--package=node@${version}`, '--', 'node', '-p', 'process.execPath'];
const node = execFileSync('npm', args, { encoding: 'utf8' }).trim();
// Not by `npm exec` itself: its settings would reach the npm that tests start.
const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
const runs =
  paths.length > 0
    ? [paths]
    : [
        ['--project', 'unit', '--project', 'integration'],
        ['--project', 'system', '--maxWorkers=2'],
      ];
const failed = runs.filter(
  (run) =>
    spawnSync(node, ['node_modules/vitest/vitest.mjs', 'run', ...run], { env, stdio: 'inherit' }).status !==
    0,
);
process.exitCode = failed.length;
