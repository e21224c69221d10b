// `node scripts/check-release.js v<version>`: the tag names the version of package.json, and the changelog has its section.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
const tag = process.argv[2];

const problems = [
  tag !== `v${version}` && `the tag is ${tag}, and package.json has version ${version}`,
  !changelog.includes(`\n## [${version}]`) && `CHANGELOG.md has no section ## [${version}]`,
].filter(Boolean);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
