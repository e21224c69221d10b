import { shanghaiTime } from '../../core/shanghai-time.ts';
import type { Erasure } from '../../maintenance/erase-store.ts';

/** What `erase-seller` found and did. */
export interface EraseOutcome {
  readonly sellerId: string;
  /** Whether any row or stored answer had the seller. */
  readonly isFound: boolean;
  /** How many stored answers were searched. */
  readonly answers: number;
  /** What was known of an erasure before; null: it was never asked for. */
  readonly before: Erasure | null;
  /** Whether the user gave --yes. */
  readonly isMeant: boolean;
}

/** An id that nothing names may be mistyped: then the seller that was meant is still stored. */
function describeUnknown({ sellerId, answers, before, isMeant }: EraseOutcome): string[] {
  const since = before?.completedAt ?? null;
  const isKeptOut = 'data of this seller in later answers is not stored (docs/privacy.md).';
  const done = isMeant
    ? `Nothing was erased, and the id is remembered: ${isKeptOut}`
    : 'Nothing was changed: add --yes to keep the data of this seller out of later answers, too.';
  return [
    `nothing is stored of seller ${sellerId}: the catalog, the searches, the calls and ${answers.toLocaleString('en')} stored answers do not name it. Check the id: catalog.seller has those that are known.`,
    since === null ? done : `The id is remembered since ${shanghaiTime(since)} (Shanghai): ${isKeptOut}`,
  ];
}

/** When an erasure was completed since which nothing came back; null: there is none, so one has something to do. */
export const erasedAt = ({ isFound, before }: Pick<EraseOutcome, 'isFound' | 'before'>): Date | null =>
  isFound ? null : (before?.completedAt ?? null);

/** The outcome for people, in lines. */
export function describeErasure(outcome: EraseOutcome): string[] {
  const { sellerId, isFound, before, isMeant } = outcome;
  const at = erasedAt(outcome);
  if (!isFound && (before === null || (at !== null && !before.hadOffers))) return describeUnknown(outcome);
  if (at !== null)
    return [`no data of seller ${sellerId} is stored: it was erased at ${shanghaiTime(at)} (Shanghai)`];
  if (isMeant)
    return [
      `seller ${sellerId} is erased; data of this seller in later answers is not stored (docs/privacy.md)`,
      'Postgres keeps old row versions until a vacuum. Its logs and your backups also keep them.',
    ];
  return isFound
    ? ['nothing was erased: add --yes to erase the data permanently']
    : [`no data of seller ${sellerId} is stored, but its erasure was interrupted: add --yes to complete it`];
}
