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

/** An offer before an observation that is newer than all of its kind. */
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

/** Until when nothing spoke against the newest detail. */
const vouchedSince = (detailAt: Date, vouchedAt: Date | null) =>
  vouchedAt !== null && vouchedAt > detailAt ? vouchedAt : detailAt;

/** The figure that says how long the stock stays as it is; null: nothing is known of it. */
function stockFigure(isInStock: boolean | null): Figure | null {
  if (isInStock === null) return null;
  return isInStock ? 'in_stock' : 'out_of_stock';
}

/** Of which of the figures of an offer the newest detail said something. */
function listKnown({ isFound, isInStock }: Pick<FiguresBefore, 'isFound' | 'isInStock'>): Figure[] {
  if (!isFound) return ['gone'];
  const stock = stockFigure(isInStock);
  return stock === null ? ['offer', 'price'] : ['offer', 'price', stock];
}

/** What a row that hints at a change is counted as a change of. */
const hintedFigures: readonly Figure[] = ['offer', 'price'];

/** Null: the detail does not say it. An offer that is not there any more has neither prices nor stock. */
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

/** The shares of a figure by its rate, of offers of which so much is known. */
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

/** What a detail says of the share that rows hide, of an offer that no row hinted at. */
function countHidden(
  hiddenShare: number,
  unprompted: UnpromptedDetail,
): Pick<FigureStat, 'hiddenChanges' | 'hiddenExpected'> {
  if (unprompted.summaryAgeDays >= unprompted.detailAgeDays) return { hiddenChanges: 0, hiddenExpected: 0 };
  // Whatever came since the row would show by its next one.
  const { visible, hidden } = visibleEvidence(unprompted, { visibleShare: 1 - hiddenShare, dateShare: 1 });
  return { hiddenChanges: hidden, hiddenExpected: visible + hidden };
}

/** How likely a figure that is found changed had changed when a row hinted at it, and not in the days since. */
function oddsByHint(
  { hintShares }: FigureKnowledge,
  rate: ChangeRate,
  hint: StaleHint,
  sinceDays: number,
): number {
  const byHint = hintShares[hint];
  return byHint / (byHint + (1 - byHint) * changeOdds(rate, sinceDays));
}

/** What lies between a detail and the one before it. */
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
 * What a detail teaches of one figure that it found changed or not. What a row with another price had counted as a change is one, or is
 * taken back; what another date had, the detail says itself.
 *
 * @param hintChanges how likely it had changed when a row hinted at it
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
  // As far as it had changed by then, the days since say nothing more.
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

/** The rate of the stock as the offer is known now, also where nothing was observed of it yet. */
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

/** What a detail says of the figures that the detail before it had. The first one says how they are. */
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
  // A row that is newer than the answer has said what there was to say of the days before it.
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

/** The hint of a row that is counted; null: it is none, or another was counted that says as much. */
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
 * A row that hints at no change vouches for the detail before it, as far as rows show changes of a figure. One with another price or
 * date counts as a change already: the offers that change most wait longest for a detail, and would seem to change less than they
 * do.
 *
 * @param row `stale`: what speaks against the detail since the row; null: nothing. `isReturned`: it does by listing the offer again,
 *   which need not be a change of anything
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
  // The first row has nothing to be compared with.
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
    // Another price says more than the date before it.
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
