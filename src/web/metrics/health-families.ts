import { healthIssueIds, type HealthIssue, type Severity } from '../../model/health-issue.ts';
import type { Family } from './metric-table.ts';

/** Notes are how things stand: other metrics have their figures. */
const severities: readonly Severity[] = ['act', 'warn'];

/** How many issues there are of each id and severity, also where there are none; null: the database did not say. */
export function healthFamily(issues: readonly HealthIssue[] | null): Family {
  const samples = healthIssueIds.flatMap((id) =>
    severities.map((severity) => ({
      labels: { id, severity },
      value: (issues ?? []).filter((issue) => issue.id === id && issue.severity === severity).length,
    })),
  );
  const shown = issues === null ? [{ labels: { id: 'database', severity: 'act' }, value: 1 }] : samples;
  return {
    ...{ type: 'gauge', name: 'health_issue', samples: shown },
    help: 'Health issues now; docs/health.md has a section for each id.',
  };
}
