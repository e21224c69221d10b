// Adds up vitest's JSON reports: `node sum-test-results.js FAILED_STEPS [REPORT.json ...]` prints one line,
// `N passed, N failed`. A report that can't be read and a test file that didn't load count as one failure each.
import { readFileSync } from 'node:fs';

const [failedSteps = '0', ...reports] = process.argv.slice(2);

/** A file that broke before its first test is in no other count. */
const hasNoTestButFailed = (file) =>
  file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed');

function countOf(path) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + report.testResults.filter(hasNoTestButFailed).length,
    };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

const counts = reports.map(countOf);
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, Number(failedSteps));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
