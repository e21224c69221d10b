import { chooseApis } from '../extract/endpoints/endpoints.ts';
import { accountLimits } from '../ledger/limit-changes.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import { estimateAssumptions, estimateCalls, type CallEstimate } from '../refresh/forecast/estimate-calls.ts';
import { daysPerMonth } from '../refresh/forecast/days-per-month.ts';
import { formatTable, type Column } from '../terminal/format-table.ts';
import { wrapText } from '../terminal/wrap-text.ts';

/** The volume that a form must ask for, next to the assumed or approved one. */
export interface VolumeEstimate extends CallEstimate {
  /** `namespace:name:version`. */
  readonly api: string;
  readonly allowedDaily: number | null;
  readonly allowedMonthly: number | null;
  /** Until the initial crawl is complete, at the allowed volume. Null: no daily limit is known. */
  readonly firstPassDays: number | null;
}

/** The estimate for a sync file, next to its limits: `quotas.approved`, otherwise the preset of its account. */
export function estimateVolumes(sync: SyncConfig): VolumeEstimate[] {
  const preset = accountLimits[sync.account];
  const apis = chooseApis(sync.apis);
  return estimateCalls(sync).map((row) => {
    const approved = sync.quotas.approved[row.operation];
    const allowedDaily = approved?.daily ?? preset.day ?? null;
    return {
      ...row,
      api: apis[row.operation],
      allowedDaily,
      allowedMonthly: approved?.monthly ?? preset.month ?? null,
      firstPassDays: allowedDaily === null ? null : Math.ceil(row.firstPass / allowedDaily),
    };
  });
}

const { roots, branchesPerRoot, leavesPerBranch } = estimateAssumptions;

/** What the numbers rest on, in sentences. */
export const assumedSentences: readonly string[] = [
  'Upper bounds, often much too high: they are computed from catalog-sync.yaml alone, without any call. Run plan again after the first run, which shows how long the searches are.',
  `Each configured category counts as a root with ${branchesPerRoot} branches of ${leavesPerBranch} leaves, the whole tree as ${roots} such roots. Only a sync shows the real size of the tree.`,
  'Each search counts with the 2,000 rows that 1688 allows, or those of max_pages, and each row as a different offer.',
  `A month has ${daysPerMonth} days. A freshness age of 12 to 24 hours means once a day.`,
];

const formatCount = (count: number | null) => (count === null ? '-' : count.toLocaleString('en'));
const right = (header: string): Column => ({ header, align: 'right' });

/** A table that fits 80 columns, the volumes to apply for, and what all of it rests on. */
export function formatEstimate(volumes: readonly VolumeEstimate[], width: number): string {
  const columns = [
    { header: 'operation' },
    right('once'),
    right('a day'),
    right('allowed'),
    right('a month'),
    right('allowed'),
    right('days for once'),
  ];
  const rows = volumes.map((row) => [
    row.operation,
    formatCount(row.firstPass),
    formatCount(row.daily),
    formatCount(row.allowedDaily),
    formatCount(row.monthly),
    formatCount(row.allowedMonthly),
    formatCount(row.firstPassDays),
  ]);
  const needed = volumes.filter((row) => row.firstPass > 0);
  const asked = needed.map(
    (row) => `  ${row.api}\n      ${formatCount(row.daily)} a day, ${formatCount(row.monthly)} a month`,
  );
  return [
    formatTable(columns, rows),
    '',
    'For the permission forms:',
    ...asked,
    '',
    ...assumedSentences.map((sentence) => wrapText(`- ${sentence}`, width, 2)),
  ].join('\n');
}

/** The one thing to do about a plan that does not fit; null when it fits. */
export function adviseOnEstimate(volumes: readonly VolumeEstimate[]): string | null {
  const isShort = volumes.some(
    (row) => row.daily > (row.allowedDaily ?? Infinity) || row.monthly > (row.allowedMonthly ?? Infinity),
  );
  if (!isShort) return null;
  return 'More than the limit: apply for more calls, lower max_offers or max_pages, or increase the freshness ages. What does not fit is not lost, only fetched less often.';
}
