import type { HealthIssue, Severity } from '../../model/health-issue.ts';
import { findAnswerIssues, findLogInIssue, findSetupIssue, findUpkeepIssues } from './data-issues.ts';
import type { HealthFacts } from './health-store.ts';
import type { FindRemedy } from './issue.ts';
import { findHoldIssues, findLimitIssues } from './ledger-issues.ts';
import { findRunIssues } from './run-issues.ts';
import { findScheduleIssues, findSilence, findWorkerIssues } from './work-issues.ts';

const order: readonly Severity[] = ['act', 'warn', 'note'];

/**
 * All health issues; those that need an operator come first. The only place that diagnoses: `doctor`, `status`, `sync`, the pages,
 * notifications and metrics show what is found here.
 */
export function findHealthIssues(facts: HealthFacts, findRemedy: FindRemedy): HealthIssue[] {
  const all = [
    ...findSetupIssue(facts, findRemedy),
    ...findWorkerIssues(facts, findRemedy),
    ...findRunIssues(facts, findRemedy),
    ...findHoldIssues(facts, findRemedy),
    ...findScheduleIssues(facts),
    ...findLimitIssues(facts),
    ...findSilence(facts),
    ...findLogInIssue(facts),
    ...findAnswerIssues(facts),
    ...findUpkeepIssues(facts, findRemedy),
  ];
  return all.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}
