import { shanghaiTime } from '../../core/shanghai-time.ts';
import type { DayQuota } from '../../model/overview.ts';
import type { Overview } from '../../model/overview.ts';
import type { HealthIssue } from '../../model/health-issue.ts';
import { apiLabel } from './find-health-issues.ts';

const note = (key: string, summary: string, path: string): HealthIssue => ({
  key,
  kind: 'state',
  severity: 'note',
  summary,
  remedy: '',
  path,
});

function ofQuota({ api, exhaustedAt, remaining, resetAt }: DayQuota): HealthIssue[] {
  if (exhaustedAt === null) return [];
  const again = resetAt === null ? '' : `; more calls from ${shanghaiTime(resetAt)}`;
  const summary =
    remaining === 0
      ? `Today's calls of ${apiLabel(api)} are used up${again}.`
      : `At this pace, today's calls of ${apiLabel(api)} are used up at ${shanghaiTime(exhaustedAt)}.`;
  return [note(`day:${api}`, summary, '/usage')];
}

/** The state of the sync, for the pages. */
export function findWarnings(
  { quarantined1d, drifts1d, givenUp, unloaded }: Overview,
  quotas: readonly DayQuota[],
): HealthIssue[] {
  const counts: [amount: number, one: string, many: string, rest: string, path: string][] = [
    [
      drifts1d,
      'field of answers was',
      'fields of answers were',
      'different from the known schema in the last day.',
      '/problems#drift',
    ],
    [quarantined1d, 'value', 'values', 'could not be read in the last day.', '/problems#quarantine'],
    [givenUp, 'target was', 'targets were', 'given up for now; they are retried.', '/problems#given-up'],
    [
      unloaded,
      'answer waits',
      'answers wait',
      'to be loaded; the next tick loads them, without any call.',
      '/runs',
    ],
  ];
  const notes = counts
    .filter(([amount]) => amount > 0)
    .map(([amount, one, many, rest, path]) =>
      note(`count:${path}`, `${amount.toLocaleString('en')} ${amount === 1 ? one : many} ${rest}`, path),
    );
  return [...quotas.flatMap(ofQuota), ...notes];
}
