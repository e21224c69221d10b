// Adds up vitest's JSON reports: `node sum-test-results.js FAILED_STEPS [REPORT.json ...]` names each test that failed,
// with the first lines of why, and each file with skipped tests, then prints `N skipped`, and last `N passed, N failed`.
// A report that can't be read and a test file that didn't load count as one failure each.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const [failedSteps = '0', ...reports] = process.argv.slice(2);

const maxCauseLines = 12;
const maxCauseWidth = 400;

const testsOf = (file, ...statuses) =>
  file.assertionResults.filter(({ status }) => statuses.includes(status));
const nameOf = (file) => relative(process.cwd(), file.name);

/** The first lines of why, for logs of which only the end is kept. */
function describeCause(failureMessages) {
  const lines = stripVTControlCharacters(failureMessages.join('\n')).split('\n').slice(0, maxCauseLines);
  for (const line of lines) console.log(`  ${line.slice(0, maxCauseWidth)}`);
}

/** A file that broke before its first test is in no other count. */
const hasNoTestButFailed = (file) => file.status === 'failed' && testsOf(file, 'failed').length === 0;

function describeFile(file) {
  if (hasNoTestButFailed(file)) {
    console.log(`failed: ${nameOf(file)}: did not load`);
    describeCause([file.message ?? '']);
  }
  for (const { fullName, failureMessages = [] } of testsOf(file, 'failed')) {
    console.log(`failed: ${nameOf(file)}: ${fullName}`);
    describeCause(failureMessages);
  }
  const skipped = testsOf(file, 'skipped', 'pending', 'todo').length;
  if (skipped > 0) console.log(`skipped: ${nameOf(file)}: ${skipped}`);
}

function read(path) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    report.testResults.forEach(describeFile);
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + report.testResults.filter(hasNoTestButFailed).length,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

const counts = reports.map(read);
const sumOf = (key) => counts.reduce((sum, count) => sum + count[key], 0);
const failed = sumOf('failed') + Number(failedSteps);
console.log(`${sumOf('skipped')} skipped`);
console.log(`${sumOf('passed')} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
