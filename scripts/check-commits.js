// `node scripts/check-commits.js <base>`: the subjects of all commits after <base> have the form and length that
// CONTRIBUTING.md asks for. Prints each that has not, and exits 1.
import { execFileSync } from 'node:child_process';

const longest = 72;
const form = /^(build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test)(\([\w,-]+\))?!?: \S.*[^.\s]$/;

/** Why a subject is refused, or null. */
function problemOf(subject) {
  if (subject.length > longest) return `${subject.length} characters, ${longest} are allowed`;
  return form.test(subject) ? null : 'not of the form type(scope): subject';
}

const base = process.argv[2];
if (!base) {
  console.error('usage: node scripts/check-commits.js <base>');
  process.exit(2);
}
const listed = execFileSync('git', ['log', '--no-merges', '--format=%h %s', `${base}..HEAD`], {
  encoding: 'utf8',
});
const commits = listed.split('\n').filter((line) => line !== '');
const refused = commits.flatMap((line) => {
  const problem = problemOf(line.slice(line.indexOf(' ') + 1));
  return problem === null ? [] : [`${line}\n  ${problem}`];
});
for (const line of refused) console.error(line);
console.log(`${commits.length - refused.length} of ${commits.length} commit subjects are as they should be`);
process.exitCode = refused.length === 0 ? 0 : 1;
