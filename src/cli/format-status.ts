import type { RunSummary } from '../health/status-store.ts';
import type { Status } from '../health/read-status.ts';
import { formatGivenUp } from './format-given-up.ts';
import { formatTable, type Column } from '../terminal/format-table.ts';
import { plain, type Paint } from '../terminal/paint.ts';
import { formatTime, zoneNote } from '../core/format-time.ts';
import { describePace } from '../ledger/found-paces.ts';

const formatCount = (count: number) => count.toLocaleString('en');

const right = (header: string): Column => ({ header, align: 'right' });
const left = (header: string): Column => ({ header });

function formatCatalog({ catalog }: Status): string {
  const rows = [
    ['categories', catalog.categories],
    ['offers', catalog.offers],
    ['  of them listed', catalog.listedOffers],
    ['sellers', catalog.sellers],
    ['SKUs', catalog.skus],
    ['prices', catalog.prices],
    ['closed price intervals', catalog.closedPrices],
    ['records in quarantine', catalog.quarantinedRecords],
    ['answers not loaded yet', catalog.unloadedAnswers],
  ] as const;
  return formatTable(
    [left('catalog'), right('rows')],
    rows.map(([name, count]) => [name, formatCount(count)]),
  );
}

/** Calls that a run was expected to make; nothing without a forecast. */
function plannedCalls({ forecast }: RunSummary): string {
  if (forecast === null) return '';
  const calls = formatCount(Math.round(Object.values(forecast.calls).reduce((sum, own) => sum + own, 0)));
  return forecast.isGuess ? `at most ${calls}` : calls;
}

/** A run that is active has no colour. */
const tones: Readonly<Record<string, 'ok' | 'warn' | 'fail'>> = {
  succeeded: 'ok',
  partial_quota: 'warn',
  partial_error: 'warn',
  cancelled: 'warn',
  failed: 'fail',
};

function formatRuns({ runs }: Status, paint: Paint): string {
  if (runs.length === 0) return 'No run yet.';
  const columns = [
    right('run'),
    left('scope'),
    left('by'),
    { header: 'status', paint: (status: string) => paint(tones[status] ?? null, status) },
    left('cause'),
    right('calls'),
    right('planned'),
    right('budget'),
    right('new'),
    right('changed'),
    right('errors'),
    right('postponed'),
    left('requested'),
    left('ended'),
  ];
  const rows = runs.map((run) => [
    run.runId,
    run.scope,
    run.trigger,
    run.status,
    run.cause ?? '',
    formatCount(run.callsUsed),
    plannedCalls(run),
    run.budgetCalls === null ? '' : formatCount(run.budgetCalls),
    formatCount(run.offersNew),
    formatCount(run.offersChanged),
    formatCount(run.errors),
    formatCount(run.postponed),
    formatTime(run.requestedAt),
    formatTime(run.endedAt),
  ]);
  return formatTable(columns, rows);
}

/** A database whose app was replaced keeps the limits of both: then each row begins with the key of its app. */
function formatByApp<T extends { readonly appKey: string }>(
  rows: readonly T[],
  columns: readonly Column[],
  cellsOf: (row: T) => readonly string[],
): string {
  const isOneApp = new Set(rows.map(({ appKey }) => appKey)).size < 2;
  return formatTable(
    isOneApp ? columns : [left('app'), ...columns],
    rows.map((row) => (isOneApp ? cellsOf(row) : [row.appKey, ...cellsOf(row)])),
  );
}

function formatQuota({ quota }: Status): string {
  if (quota.length === 0) return 'No quota is known yet: the first sync sets the presets of the account.';
  const columns = [
    left('api'),
    left('period'),
    right('limit'),
    right('used'),
    right('in flight'),
    right('unknown'),
    right('left'),
    left('resets'),
    left('source'),
  ];
  return formatByApp(quota, columns, (row) => [
    row.api,
    row.period,
    formatCount(row.callLimit),
    formatCount(row.used),
    formatCount(row.reserved),
    formatCount(row.unknown),
    formatCount(row.remaining),
    formatTime(row.resetAt),
    row.isAssumed ? `${row.source}, assumed` : row.source,
  ]);
}

function formatHoldEnd({ heldUntil, probeAfter }: Status['holds'][number]): string {
  if (heldUntil && !probeAfter) return formatTime(heldUntil);
  return probeAfter ? `a test call succeeds; next try ${formatTime(probeAfter)}` : 'a person resumes it';
}

function formatHolds({ holds }: Status, paint: Paint): string {
  if (holds.length === 0) return 'No API is held.';
  const rows = holds.map((hold) => [hold.api, hold.code, formatTime(hold.heldAt), formatHoldEnd(hold)]);
  const code = { header: 'code', paint: (text: string) => paint('warn', text) };
  return formatTable([left('held api'), code, left('since'), left('until')], rows);
}

/** Nothing without any: then the declared pace holds. */
function formatPaces({ paces }: Status): string[] {
  if (paces.length === 0) return [];
  const columns = [left('1688 allows less than declared'), left('pace found'), left('changed')];
  return [
    formatByApp(paces, columns, (pace) => [
      pace.api === '*' ? 'all APIs' : pace.api,
      describePace(pace),
      formatTime(pace.changedAt),
    ]),
  ];
}

/** Nothing without any: what is as it should be needs no lines. */
function formatDrifts({ drifts }: Status): string[] {
  if (drifts.length === 0) return [];
  const columns = [
    left('field of answers that differs from the known schema'),
    left('of'),
    left('is'),
    right('answers'),
    left('last seen'),
    left('example'),
  ];
  const rows = drifts.map(({ path, operation, kind, seen, lastSeenAt, sample }) => [
    path,
    operation,
    kind,
    formatCount(seen),
    formatTime(lastSeenAt),
    sample ?? '',
  ]);
  return [formatTable(columns, rows)];
}

function formatTrouble({ isCapped, lastOutcome, parts, troubledParts }: Status['searches'][number]): string {
  const where = parts > 0 ? `, in ${formatCount(troubledParts)} of ${formatCount(parts)} parts` : '';
  if (isCapped) return `more offers than 1688 lists${where}`;
  return (lastOutcome === 'page_repeated' ? 'repeats its pages' : 'lists far fewer than its total') + where;
}

/** Nothing without any: what is listed in full needs no lines. */
function formatSearches({ searches }: Status): string[] {
  if (searches.length === 0) return [];
  const columns = [
    left('search that is not listed in full'),
    left('feed'),
    right('total'),
    right('listed'),
    left('why'),
    left('last pass'),
  ];
  const rows = searches.map((search) => {
    const { feed, totalRecords, reach, isCapped, completedAt } = search;
    const total = totalRecords === null ? '' : `${formatCount(totalRecords)}${isCapped ? '+' : ''}`;
    const listed = reach === null ? '' : formatCount(reach);
    return [search.search, feed, total, listed, formatTrouble(search), formatTime(completedAt)];
  });
  return [formatTable(columns, rows)];
}

/** Nothing without any: categories need no keyword. */
function formatNamedSearches({ namedSearches }: Status): string[] {
  if (namedSearches === null) return [];
  const { searches, askAgainAt } = namedSearches;
  const columns = [
    right('searches of categories by name'),
    left('because'),
    left('a run asks again without a keyword from'),
  ];
  const reason = '1688 refused one without a keyword';
  return [formatTable(columns, [[formatCount(searches), reason, formatTime(askAgainAt)]])];
}

/** The state of a catalog as text, below its source: what is wrong, its counts, its runs, its quota, its holds. */
export function formatStatus(status: Status, health: string, paint = plain): string {
  return [
    health,
    formatCatalog(status),
    formatRuns(status, paint),
    formatQuota(status),
    formatHolds(status, paint),
    ...(status.givenUp.length === 0 ? [] : [formatGivenUp(status.givenUp)]),
    ...formatPaces(status),
    ...formatSearches(status),
    ...formatNamedSearches(status),
    ...formatDrifts(status),
    zoneNote,
  ].join('\n\n');
}
