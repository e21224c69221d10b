import { shanghaiTime } from '../../core/shanghai-time.ts';
import type { DayQuota } from '../../model/overview.ts';
import type { Overview } from '../../model/overview.ts';
import type { HealthIssue } from '../../model/health-issue.ts';
import { apiLabel, issueOf } from './issue.ts';

const note = (
  id: 'used-up' | 'count',
  of: string,
  rest: Pick<HealthIssue, 'summary' | 'path'>,
): HealthIssue =>
  issueOf({ ...rest, id, of, severity: 'note', remedy: '', origin: '1688', healsItself: true });

function ofQuota({ api, remaining, resetAt }: DayQuota): HealthIssue[] {
  // What runs will still want of a quota is on its card.
  if (remaining > 0) return [];
  const again = resetAt === null ? '' : `; more calls from ${shanghaiTime(resetAt)}`;
  const summary = `Today's calls of ${apiLabel(api)} are used up${again}.`;
  return [note('used-up', `day:${api}`, { summary, path: '/usage' })];
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
    [
      givenUp,
      'target was given up for now and is',
      'targets were given up for now and are',
      'retried later.',
      '/problems#given-up',
    ],
    [
      unloaded,
      'answer waits',
      'answers wait',
      'to be loaded by the next sync or worker, without any call.',
      '/runs',
    ],
  ];
  const notes = counts
    .filter(([amount]) => amount > 0)
    .map(([amount, one, many, rest, path]) =>
      note('count', path, {
        summary: `${amount.toLocaleString('en')} ${amount === 1 ? one : many} ${rest}`,
        path,
      }),
    );
  return [...quotas.flatMap(ofQuota), ...notes];
}
