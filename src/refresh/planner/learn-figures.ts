import { dayMs } from '../../core/duration.ts';
import type {
  CountedHint,
  Figure,
  FigureKnowledge,
  FiguresKnowledge,
  FigureStat,
  LearnedFigure,
  OfferFigures,
  ShownFigures,
} from '../../model/figures.ts';
import type { DetailObservation, OfferKnowledge, RowObservation, StaleHint } from '../../model/learning.ts';
import { changeOdds, type ChangeRate } from './change-rate.ts';
import {
  addEvidence,
  mixShares,
  rates,
  toChangeRate,
  weighRates,
  type ByRate,
  type FigureObservation,
} from './rate-grid.ts';
import { countHint, withdrawHint } from './count-hint.ts';
import { vouchedAgeDays } from './offer-value.ts';
import { visibleEvidence, type UnpromptedDetail } from './visible-share.ts';

/** An offer before an observation that is newer than all others of its kind. */
export interface FiguresBefore extends OfferFigures {
  readonly detailAt: Date | null;
  readonly rowAt: Date | null;
  readonly stale: OfferKnowledge['stale'];
  /** The newest detail was not empty. */
  readonly isFound: boolean;
}

export interface FiguresUpdate {
  readonly after: OfferFigures;
  readonly stats: readonly FigureStat[];
}

const daysBetween = (from: Date, to: Date) => Math.max(0, to.getTime() - from.getTime()) / dayMs;

/** The last time at which nothing contradicted the newest detail. */
const vouchedSince = (detailAt: Date, vouchedAt: Date | null) =>
  vouchedAt !== null && vouchedAt > detailAt ? vouchedAt : detailAt;

/** The figure for how long the stock stays as it is; null: the stock is not known. */
function stockFigure(isInStock: boolean | null): Figure | null {
  if (isInStock === null) return null;
  return isInStock ? 'in_stock' : 'out_of_stock';
}

/** The figures of which the newest detail said something. */
function listKnown({ isFound, isInStock }: Pick<FiguresBefore, 'isFound' | 'isInStock'>): Figure[] {
  if (!isFound) return ['gone'];
  const stock = stockFigure(isInStock);
  return stock === null ? ['offer', 'price'] : ['offer', 'price', stock];
}

/** The figures of which a hint of a row counts as a change. */
const hintedFigures: readonly Figure[] = ['offer', 'price'];

/** Null: the detail does not show it. An offer that does not exist any more has neither prices nor stock. */
function isChangedIn(
  figure: Figure,
  { isChanged, isVisible }: DetailObservation,
  { isFound, isInStock }: ShownFigures,
): boolean | null {
  if (figure === 'offer') return isChanged;
  if (figure === 'gone') return isFound;
  if (!isFound) return true;
  if (figure === 'price') return isVisible;
  return isInStock === null ? null : isInStock !== (figure === 'in_stock');
}

/** The shares of a figure by rate, for offers with this evidence. */
function sharesFor(figure: Figure, known: FiguresKnowledge, learned: OfferFigures['learned']): ByRate {
  const { shares, byOfferRate } = known[figure];
  if (byOfferRate === null) return shares;
  const offerShares = known.offer.shares;
  return mixShares(
    byOfferRate,
    learned.offer ? weighRates(offerShares, learned.offer.evidence) : offerShares,
  );
}

function learnFigure(
  shares: readonly number[],
  known: LearnedFigure | null,
  observation: FigureObservation,
): LearnedFigure | null {
  const evidence = addEvidence(known?.evidence ?? null, observation);
  return evidence === null ? null : { evidence, rate: toChangeRate(weighRates(shares, evidence)) };
}

/** What a detail without a hint before it shows of the share of changes that rows hide. */
function countHidden(
  hiddenShare: number,
  unprompted: UnpromptedDetail,
): Pick<FigureStat, 'hiddenChanges' | 'hiddenExpected'> {
  if (unprompted.summaryAgeDays >= unprompted.detailAgeDays) return { hiddenChanges: 0, hiddenExpected: 0 };
  // A later change would show in the next row.
  const { visible, hidden } = visibleEvidence(unprompted, { visibleShare: 1 - hiddenShare, dateShare: 1 });
  return { hiddenChanges: hidden, hiddenExpected: visible + hidden };
}

/** Probability that a figure that is found changed had changed when a row hinted at it, not in the days since. */
function oddsByHint(
  { hintShares }: FigureKnowledge,
  rate: ChangeRate,
  hint: StaleHint,
  sinceDays: number,
): number {
  const byHint = hintShares[hint];
  return byHint / (byHint + (1 - byHint) * changeOdds(rate, sinceDays));
}

/** The times between a detail and the one before it. */
interface DetailAges {
  readonly vouchedAt: Date;
  readonly summaryAgeDays: number;
  readonly detailAgeDays: number;
  /** Since a row hinted at a change. */
  readonly hintAgeDays: number;
}

function agesOf(
  { detailAt, vouchedAt, stale }: FiguresBefore & { readonly detailAt: Date },
  at: Date,
): DetailAges {
  const since = vouchedSince(detailAt, vouchedAt);
  const summaryAgeDays = daysBetween(since, at);
  const hintAgeDays = stale === null ? 0 : Math.min(daysBetween(stale.since, at), summaryAgeDays);
  return { vouchedAt: since, summaryAgeDays, detailAgeDays: daysBetween(detailAt, at), hintAgeDays };
}

/**
 * Evidence of a detail about one figure that it found changed or not. A hint by price was counted as a change: the detail confirms it or
 * takes it back. A hint by date is replaced by what the detail shows.
 *
 * @param hintChanges probability that the figure had changed when a row hinted at it
 */
function learnFromDetail(
  known: FigureKnowledge,
  shares: ByRate,
  learned: LearnedFigure | null,
  detail: {
    readonly at: Date;
    readonly ages: DetailAges;
    readonly counted: CountedHint | null;
    readonly isChanged: boolean;
    readonly hintChanges: number;
  },
): LearnedFigure | null {
  const { at, ages, counted, isChanged, hintChanges } = detail;
  const elapsedDays = counted === null ? ages.summaryAgeDays : daysBetween(counted.since, at);
  if (counted?.by === 'row' && isChanged)
    return learnFigure(shares, learned, { exposureDays: 0, elapsedDays, changeOdds: 1 });
  // If it had changed by then, the days since show nothing more.
  const saidDays = hintChanges * ages.hintAgeDays;
  const exposureDays = vouchedAgeDays(
    ages.summaryAgeDays - saidDays,
    ages.detailAgeDays - saidDays,
    1 - known.hiddenShare,
  );
  const before =
    counted === null
      ? learned
      : withdrawHint(known, learned, counted.by, daysBetween(ages.vouchedAt, counted.since));
  return learnFigure(shares, before, { exposureDays, elapsedDays, changeOdds: isChanged ? 1 : 0 });
}

/** Rate of the stock in its present state, also if nothing of that state was observed yet. */
function learnStock(
  known: FiguresKnowledge,
  isInStock: boolean | null,
  learned: OfferFigures['learned'],
): OfferFigures['learned'] {
  const stock = stockFigure(isInStock);
  if (stock === null || known[stock].byOfferRate === null) return learned;
  const evidence = learned[stock]?.evidence ?? rates.map(() => 0);
  const weights = weighRates(sharesFor(stock, known, learned), evidence);
  return { ...learned, [stock]: { evidence, rate: toChangeRate(weights) } };
}

/** Evidence of a detail about the figures that the detail before it showed. The first detail only sets them. */
export function learnFiguresOfDetail(
  known: FiguresKnowledge,
  before: FiguresBefore,
  detail: DetailObservation,
  shown: ShownFigures,
): FiguresUpdate {
  const { at } = detail;
  const { detailAt, rowAt, stale, countedHint } = before;
  const isInStock = shown.isFound ? shown.isInStock : null;
  const after = {
    vouchedAt: vouchedSince(at, before.vouchedAt),
    countedHint: countedHint !== null && countedHint.since > at ? countedHint : null,
    isInStock,
  };
  // A newer row has already counted the days before it.
  if (detailAt === null || (rowAt !== null && rowAt > at))
    return { after: { ...after, learned: before.learned }, stats: [] };
  const ages = agesOf({ ...before, detailAt }, at);
  const learned = { ...before.learned };
  const stats: FigureStat[] = [];
  for (const figure of listKnown(before)) {
    const isChanged = isChangedIn(figure, detail, shown);
    if (isChanged === null) continue;
    const shares = sharesFor(figure, known, learned);
    const rate = learned[figure]?.rate ?? toChangeRate(shares);
    const hintChanges =
      isChanged && stale !== null ? oddsByHint(known[figure], rate, stale.by, ages.hintAgeDays) : 0;
    stats.push({
      ...{ figure, hint: stale?.by ?? 'none', hintChanges },
      ...(stale === null
        ? countHidden(known[figure].hiddenShare, { ...ages, rate, isChanged })
        : { hiddenChanges: 0, hiddenExpected: 0 }),
    });
    const counted = hintedFigures.includes(figure) ? countedHint : null;
    learned[figure] = learnFromDetail(known[figure], shares, learned[figure], {
      ...{ at, ages, counted, isChanged, hintChanges },
    });
  }
  return { after: { ...after, learned: learnStock(known, isInStock, learned) }, stats };
}

/** The hint of a row that counts; null: the row is no hint, or an earlier hint that says as much was counted. */
function hintOf(
  { at, stale, isReturned }: RowSaying,
  { stale: before, countedHint, isFound }: FiguresBefore,
): CountedHint | null {
  if (stale === null || !isFound || isReturned) return null;
  if (stale.by === 'row' && before?.by !== 'row') return { since: at, by: 'row' };
  const isFirst = before === null && countedHint === null;
  return stale.by === 'modify_date' && isFirst ? { since: at, by: 'modify_date' } : null;
}

type RowSaying = Pick<RowObservation, 'at' | 'isReturned'> & Pick<OfferKnowledge, 'stale'>;

/**
 * A row without a hint confirms the detail before it, as far as rows show changes of a figure. A row with another price or date counts as
 * a change at once: otherwise, the offers that change most would wait longest for a detail, and would seem to change less than they do.
 *
 * @param row `stale`: what contradicts the detail since the row; null: nothing. `isReturned`: the contradiction is that a search lists
 * the offer again, which need not be a change
 */
export function learnFiguresOfRow(
  known: FiguresKnowledge,
  before: FiguresBefore,
  row: RowSaying,
): OfferFigures {
  const { detailAt, rowAt, vouchedAt, countedHint, isInStock } = before;
  const unchanged = { learned: before.learned, vouchedAt, countedHint, isInStock };
  const { at } = row;
  const hint = hintOf(row, before);
  const isWaiting = row.stale !== null || countedHint !== null;
  // The first row cannot be compared with anything.
  if (detailAt === null || rowAt === null || at <= detailAt || (isWaiting && hint === null)) return unchanged;
  const since = vouchedSince(detailAt, vouchedAt);
  const sinceDays = daysBetween(since, at);
  const elapsedDays = countedHint === null ? sinceDays : daysBetween(countedHint.since, at);
  const learned = { ...before.learned };
  for (const figure of hint === null ? listKnown(before) : hintedFigures) {
    const shares = sharesFor(figure, known, learned);
    const { hiddenShare } = known[figure];
    const shown =
      hint === null
        ? { exposureDays: (1 - hiddenShare) * sinceDays, changeOdds: 0 }
        : countHint(known[figure], hint.by, sinceDays);
    // Another price is stronger than the date before it.
    const prior =
      countedHint === null
        ? learned[figure]
        : withdrawHint(known[figure], learned[figure], countedHint.by, daysBetween(since, countedHint.since));
    learned[figure] = learnFigure(shares, prior, { ...shown, elapsedDays });
  }
  return hint === null
    ? { ...unchanged, learned, vouchedAt: at }
    : { ...unchanged, learned, countedHint: hint };
}
