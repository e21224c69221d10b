// A second look at test files that failed on a busy machine.
// `node second-look.js list REPORT` prints the files to run again, a line each: none when more than three failed,
// for that is no accident. `node second-look.js merge REPORT AGAIN` puts the files of the second report that passed
// in the place of the first's, and names each test that failed once, so that it is seen and mended.
import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';

const mostFiles = 3;

const [verb, first = '', again = ''] = process.argv.slice(2);

function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, testResults: [] };
  }
}

const failedFiles = (report) => report.testResults.filter(({ status }) => status === 'failed');
const countOf = (file, status) => file.assertionResults.filter((test) => test.status === status).length;

function list() {
  const files = failedFiles(read(first));
  if (files.length > mostFiles) return;
  for (const { name } of files) console.log(relative(process.cwd(), name));
}

function merge() {
  const report = read(first);
  const passedNow = new Map(
    read(again)
      .testResults.filter(({ status }) => status === 'passed')
      .map((file) => [file.name, file]),
  );
  for (const file of failedFiles(report)) {
    const now = passedNow.get(file.name);
    if (now === undefined) continue;
    for (const { fullName, status } of file.assertionResults)
      if (status === 'failed') console.log(`== unsteady: ${relative(process.cwd(), file.name)}: ${fullName}`);
    report.numPassedTests += countOf(now, 'passed') - countOf(file, 'passed');
    report.numFailedTests -= countOf(file, 'failed');
    report.testResults[report.testResults.indexOf(file)] = now;
  }
  writeFileSync(first, JSON.stringify(report));
}

if (verb === 'list') list();
else merge();
