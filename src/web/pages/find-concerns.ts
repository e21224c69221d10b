import type { ApiHold } from '../../load/stores/quota-store.ts';
import type { DayQuota, Overview } from '../../load/stores/pages/overview-pages.ts';
import type { RunRow } from '../../load/stores/pages/run-pages.ts';
import { html, type Html } from '../html.ts';
import { apiName, count, span, time } from '../parts/format.ts';
import { prose } from '../parts/prose.ts';
import type { WebDeps } from '../web-deps.ts';

/** `act`: a person is needed. `know`: it goes on by itself. */
export interface Concern {
  readonly weight: 'act' | 'know';
  readonly text: Html;
  readonly link: string;
}

export interface ConcernFacts {
  readonly overview: Overview;
  /** The newest first. */
  readonly runs: readonly RunRow[];
  readonly holds: readonly ApiHold[];
  readonly quotas: readonly DayQuota[];
}

/** Two nightly runs missed: one may be a machine that was off. */
const staleAfterMs = 50 * 3_600_000;

function ofRuns({ runs, overview }: ConcernFacts, deps: Pick<WebDeps, 'findRemedy'>): Concern[] {
  const [newest] = runs;
  if (!newest) return [];
  const link = `/runs/${newest.runId}`;
  if (newest.endedAt === null && !newest.isDriven) {
    const text = html`Run ${newest.runId} is active, but no process is at it: start
      <code>catalog-sync serve</code> or <code>worker</code>.`;
    return [{ weight: 'act', text, link }];
  }
  if (newest.status === 'failed' || newest.status === 'partial_error') {
    const code = newest.cause ?? newest.lastErrorCode ?? '';
    const remedy = deps.findRemedy(code)?.remedy ?? 'See its page for what went wrong.';
    return [
      {
        weight: 'act',
        text: html`Run ${newest.runId} ended with <code>${code}</code>. ${prose(remedy)}`,
        link,
      },
    ];
  }
  const idleMs = newest.endedAt === null ? 0 : overview.now.getTime() - newest.endedAt.getTime();
  if (idleMs < staleAfterMs) return [];
  const text = html`Nothing was synced for ${span(idleMs)}: does cron or <code>catalog-sync serve</code> still
    run?`;
  return [{ weight: 'act', text, link }];
}

function ofHolds({ holds }: ConcernFacts, deps: Pick<WebDeps, 'findRemedy'>): Concern[] {
  return holds.map(({ api, code, heldUntil, reason }) => {
    const until = heldUntil === null ? 'until somebody resumes it' : html`until ${time(heldUntil)}`;
    const remedy = reason ?? deps.findRemedy(code)?.remedy ?? '';
    const text = html`${apiName(api)} is held by <code>${code}</code> ${until}. ${prose(remedy)}`;
    return { weight: heldUntil === null ? 'act' : 'know', text, link: '/problems#holds' };
  });
}

function ofQuotas({ quotas }: ConcernFacts): Concern[] {
  return quotas.flatMap(({ api, exhaustedAt, remaining, resetAt }) => {
    if (exhaustedAt === null) return [];
    const text =
      remaining === 0
        ? html`Today's calls of ${apiName(api)} are used up; it goes on at ${time(resetAt)}.`
        : html`At this pace, today's calls of ${apiName(api)} end at ${time(exhaustedAt)}.`;
    return [{ weight: 'know' as const, text, link: '/usage' }];
  });
}

function ofRecords({ overview }: ConcernFacts): Concern[] {
  const { quarantined1d, drifts1d, givenUp, unloaded } = overview;
  const found: Concern[] = [];
  const add = (weight: Concern['weight'], text: Html, link: string) => found.push({ weight, text, link });
  if (drifts1d > 0)
    add(
      'know',
      html`${count(drifts1d)} fields of answers were not as known in the last day.`,
      '/problems#drift',
    );
  if (quarantined1d > 0)
    add(
      'know',
      html`${count(quarantined1d)} values could not be read in the last day.`,
      '/problems#quarantine',
    );
  if (givenUp > 0)
    add(
      'know',
      html`${count(givenUp)} targets were given up for now; they are tried again.`,
      '/problems#given-up',
    );
  if (unloaded > 0)
    add(
      'know',
      html`${count(unloaded)} answers wait to be loaded; the next tick does it, for no call.`,
      '/runs',
    );
  return found;
}

/** What somebody should know, that which needs a person first. */
export function findConcerns(facts: ConcernFacts, deps: Pick<WebDeps, 'findRemedy'>): Concern[] {
  const all = [...ofRuns(facts, deps), ...ofHolds(facts, deps), ...ofQuotas(facts), ...ofRecords(facts)];
  return all.toSorted((a, b) => Number(a.weight === 'know') - Number(b.weight === 'know'));
}
