import type { Explanation } from '../../web/reads/explain-offer.ts';
import { formatTable, type Column } from '../../terminal/format-table.ts';
import { countOf } from '../../core/count-of.ts';
import { formatTime, zoneNote } from '../../core/format-time.ts';

const right = (header: string): Column => ({ header, align: 'right' });
const left = (header: string): Column => ({ header });

function formatOffer({ offer }: Explanation): string {
  const version = offer.version === null ? '' : `, read by version ${String(offer.version)}`;
  const run = offer.runId === null ? '' : `, run ${offer.runId}`;
  const rows = [
    ['offer', offer.offerId],
    ['subject', offer.subject ?? ''],
    [
      'state',
      offer.emptyDetailStreak
        ? `${offer.state}, ${countOf(offer.emptyDetailStreak, 'empty answer')} since`
        : offer.state,
    ],
    ['category', offer.category ?? ''],
    ['seller', offer.sellerId ?? ''],
    ['last changed', `${formatTime(offer.changedAt)} (call ${offer.callId}${run}${version})`],
    ['first seen', formatTime(offer.firstSeenAt)],
    ['in a search', formatTime(offer.searchedAt)],
    ['in detail', formatTime(offer.detailedAt)],
  ] as const;
  const shown = rows.filter(([, value]) => value !== '');
  return formatTable([left('what'), left('is')], shown);
}

function formatObservations({ observations }: Explanation): string {
  const columns = [
    left('observed at'),
    left('by'),
    left('saw'),
    right('lowest price'),
    right('stock'),
    right('call'),
    right('run'),
    left('answer'),
  ];
  const rows = observations.map((observation) => [
    formatTime(observation.observedAt),
    observation.source,
    `${observation.isFound ? 'the offer' : 'nothing'}${observation.isLate ? ', late' : ''}`,
    observation.minPriceCny ?? '',
    observation.stock ?? '',
    observation.callId,
    observation.runId ?? '',
    observation.rawId === null
      ? 'no longer stored'
      : `${observation.rawId}, version ${String(observation.version ?? '-')}`,
  ]);
  return rows.length === 0 ? 'No observation is stored.' : formatTable(columns, rows);
}

function formatPrices({ prices }: Explanation): string {
  const columns = [
    left('price'),
    left('of'),
    right('from units'),
    right('CNY'),
    left('since'),
    left('until'),
    right('call'),
    right('ended by'),
  ];
  const rows = prices.map((price) => [
    price.kind,
    price.skuId === '0' ? 'the offer' : (price.label ?? price.skuId),
    String(price.minQuantity),
    price.amountCny,
    formatTime(price.validFrom),
    price.validTo === null ? 'now' : formatTime(price.validTo),
    price.callId,
    price.closedByCallId ?? '',
  ]);
  return rows.length === 0 ? 'No price was observed yet.' : formatTable(columns, rows);
}

function formatChanges({ changes }: Explanation): string {
  const rows = changes.map((change) => [
    formatTime(change.observedAt),
    change.field,
    change.old ?? '',
    change.new ?? '',
    change.callId,
  ]);
  return formatTable([left('change at'), left('of'), left('from'), left('to'), right('call')], rows);
}

function formatRejects({ rejects }: Explanation): string {
  const rows = rejects.map(({ path, reason, sample, rawId }) => [path, reason, sample ?? '', rawId]);
  return formatTable([left('unreadable'), left('because'), left('example'), right('answer')], rows);
}

/** The observations, answers and prices of an offer, as text. */
export function formatExplanation(explanation: Explanation): string {
  return [
    formatOffer(explanation),
    formatPrices(explanation),
    formatObservations(explanation),
    ...(explanation.changes.length > 0 ? [formatChanges(explanation)] : []),
    ...(explanation.rejects.length > 0 ? [formatRejects(explanation)] : []),
    zoneNote,
  ].join('\n\n');
}
