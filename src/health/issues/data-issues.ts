import { countOf } from '../../core/count-of.ts';
import { dayMs, hourMs, minuteMs } from '../../core/duration.ts';
import { shanghaiDay, shanghaiTime } from '../../core/shanghai-time.ts';
import type { HealthIssue } from '../../model/health-issue.ts';
import type { DeliveryState } from '../notifications/notification-store.ts';
import type { HealthFacts } from './health-store.ts';
import { issueOf, originOf, type FindRemedy } from './issue.ts';

/** The operator needs time to log in. */
const logInLeadMs = 7 * dayMs;
/** Answers that lost their job are loaded after 20 s, 20 a second: what waits for this long is refused. */
const unloadedAfterMs = 15 * minuteMs;

export function findSetupIssue({ hasAppKey, state }: HealthFacts, findRemedy: FindRemedy): HealthIssue[] {
  // A sandbox brings keys of its own.
  if (hasAppKey || state.source === 'sandbox') return [];
  return [
    issueOf({
      ...{
        id: 'setup',
        severity: 'act',
        origin: 'operator',
        code: 'CREDENTIALS_MISSING',
        path: '/api-status',
      },
      summary: 'No App Key is set, so nothing can be fetched from 1688.',
      remedy: findRemedy('CREDENTIALS_MISSING')?.remedy ?? '',
    }),
  ];
}

export function findLogInIssue({ state: { now, logInBy } }: HealthFacts): HealthIssue[] {
  if (logInBy === null || logInBy.getTime() - now.getTime() >= logInLeadMs) return [];
  const verb = logInBy > now ? 'expire at' : 'expired at';
  return [
    issueOf({
      ...{ id: 'log-in', severity: 'act', origin: 'operator', path: '/api-status' },
      since: new Date(logInBy.getTime() - logInLeadMs),
      summary: `The stored tokens ${verb} ${shanghaiTime(logInBy)}.`,
      remedy: 'Log in again: `catalog-sync auth`.',
    }),
  ];
}

/** Answers that do not reach the catalog, or are not as they are known. */
export function findAnswerIssues({ state, unknownCategories }: HealthFacts): HealthIssue[] {
  const { now, unloaded, unloadedSince, newDrifts, newestDriftAt } = state;
  const found: HealthIssue[] = [];
  if (unloadedSince !== null && now.getTime() - unloadedSince.getTime() > unloadedAfterMs)
    found.push(
      issueOf({
        ...{
          id: 'answers-unloaded',
          severity: 'act',
          origin: 'catalog-sync',
          since: unloadedSince,
          path: '/runs',
        },
        summary: `${countOf(unloaded, 'answer')} ${unloaded === 1 ? 'is' : 'are'} stored but not in the catalog, the first since ${shanghaiTime(unloadedSince)}.`,
        remedy: 'Read in the log why they do not load. They are loaded later, without any call.',
      }),
    );
  if (newestDriftAt !== null)
    found.push(
      issueOf({
        ...{ id: 'drift', of: shanghaiDay(newestDriftAt), kind: 'event', severity: 'warn', origin: '1688' },
        ...{ since: newestDriftAt, healsItself: true, path: '/problems#drift' },
        summary: `In the last day, ${countOf(newDrifts, 'field')} of 1688's answers changed from the known schema.`,
        remedy:
          '`catalog-sync status` and the Problems page list them. Values that cannot be read are in quarantine; `catalog-sync reprocess` loads them once a version of catalog-sync can read them.',
      }),
    );
  return [
    ...found,
    ...unknownCategories.map(({ categoryId, feeds, seenAt }) =>
      issueOf({
        ...{ id: 'category-unknown', of: categoryId, severity: 'act', origin: 'operator', since: seenAt },
        path: '/problems#quarantine',
        summary: `1688 has no category ${categoryId}${feeds.length === 0 ? '' : `, which catalog-sync.yaml names in ${feeds.join(', ')}`}: nothing of it is fetched.`,
        remedy:
          'Correct the id in catalog-sync.yaml. `catalog-sync sql "SELECT category_id, full_path FROM analytics.dim_category"` shows those that exist.',
      }),
    ),
  ];
}

/** One failed attempt is not reported; when none was made for a day, no process sends any more. */
function isUndelivered({ attempts, attemptedAt }: DeliveryState, now: Date): boolean {
  return attempts > 1 && attemptedAt !== null && now.getTime() - attemptedAt.getTime() < 26 * hourMs;
}

/** What the product needs for itself: partitions, and a receiver that answers. */
export function findUpkeepIssues(
  { state: { now }, partitionGaps, delivery }: HealthFacts,
  findRemedy: FindRemedy,
): HealthIssue[] {
  const found: HealthIssue[] = [];
  if (partitionGaps.length > 0)
    found.push(
      issueOf({
        ...{ id: 'partitions', severity: 'act', origin: 'operator', path: '/api-status' },
        summary: `These tables have no partition for the date in one week: ${partitionGaps.join(', ')}.`,
        remedy: 'Run `catalog-sync migrate`, and read in the log of a `worker` why it could not create them.',
      }),
    );
  if (isUndelivered(delivery, now)) {
    const code = delivery.errorCode ?? '';
    found.push(
      issueOf({
        ...{
          id: 'undelivered',
          severity: 'act',
          origin: originOf(code, findRemedy),
          code: delivery.errorCode,
        },
        ...{ since: delivery.failingSince, healsItself: true, healsAt: delivery.nextAttemptAt },
        summary: `Notifications have not arrived since ${shanghaiTime(delivery.failingSince ?? now)} (\`${code}\`): ${delivery.error ?? ''}.`,
        remedy: '`catalog-sync notify test` shows what the receiver says.',
        path: '/problems',
      }),
    );
  }
  return found;
}
