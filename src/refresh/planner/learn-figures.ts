import { dayMs } from '../../core/duration.ts';
import type {
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
import { addEvidence, mixShares, rates, toChangeRate, weighRates, type ByRate } from './rate-grid.ts';
import type { RateObservation } from './learn-rate.ts';
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

/** What another price in a search row is a change of. */
const shownByPrice: readonly Figure[] = ['offer', 'price'];

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
  observation: RateObservation,
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

/** What a detail says of the figures that the detail before it had. The first one says how they are. */
export function learnFiguresOfDetail(
  known: FiguresKnowledge,
  before: FiguresBefore,
  detail: DetailObservation,
  shown: ShownFigures,
): FiguresUpdate {
  const { detailAt, stale } = before;
  const after = { vouchedAt: detail.at, isInStock: shown.isFound ? shown.isInStock : null };
  if (detailAt === null) return { after: { ...after, learned: before.learned }, stats: [] };
  const vouchedAt = vouchedSince(detailAt, before.vouchedAt);
  const ages = {
    summaryAgeDays: daysBetween(vouchedAt, detail.at),
    detailAgeDays: daysBetween(detailAt, detail.at),
  };
  const hintAgeDays = stale === null ? 0 : Math.min(daysBetween(stale.since, detail.at), ages.summaryAgeDays);
  const learned = { ...before.learned };
  const stats: FigureStat[] = [];
  for (const figure of listKnown(before)) {
    const isChanged = isChangedIn(figure, detail, shown);
    if (isChanged === null) continue;
    const { hiddenShare } = known[figure];
    const shares = sharesFor(figure, known, learned);
    const rate = learned[figure]?.rate ?? toChangeRate(shares);
    const hintChanges =
      isChanged && stale !== null ? oddsByHint(known[figure], rate, stale.by, hintAgeDays) : 0;
    stats.push({
      ...{ figure, hint: stale?.by ?? 'none', hintChanges },
      ...(stale === null
        ? countHidden(hiddenShare, { ...ages, rate, isChanged })
        : { hiddenChanges: 0, hiddenExpected: 0 }),
    });
    if (stale?.by === 'row' && shownByPrice.includes(figure)) {
      // Counted when the row came; that an offer is listed again is counted as nothing.
      learned[figure] = learnFigure(shares, learned[figure], {
        ...{ exposureDays: 0, elapsedDays: hintAgeDays, isChanged },
      });
      continue;
    }
    // As far as it had changed by then, the days since say nothing more.
    const saidDays = hintChanges * hintAgeDays;
    learned[figure] = learnFigure(shares, learned[figure], {
      exposureDays: vouchedAgeDays(
        ages.summaryAgeDays - saidDays,
        ages.detailAgeDays - saidDays,
        1 - hiddenShare,
      ),
      elapsedDays: ages.summaryAgeDays,
      isChanged,
    });
  }
  const stock = stockFigure(after.isInStock);
  if (stock !== null && known[stock].byOfferRate !== null) {
    // As the offer is known now, also where nothing was observed of this figure yet.
    const evidence = learned[stock]?.evidence ?? rates.map(() => 0);
    const weights = weighRates(sharesFor(stock, known, learned), evidence);
    learned[stock] = { evidence, rate: toChangeRate(weights) };
  }
  return { after: { ...after, learned }, stats };
}

/**
 * A row that hints at no change vouches for the detail before it, as far as rows show changes of a figure. One with another price is
 * a change already: the offers that change most wait longest for a detail, and would seem to change less than they do.
 *
 * @param stale what speaks against the detail since the row; null: nothing
 * @param isReturned the row speaks against it by listing the offer again, which need not be a change of anything
 */
export function learnFiguresOfRow(
  known: FiguresKnowledge,
  before: FiguresBefore,
  { at, stale, isReturned }: Pick<RowObservation, 'at' | 'isReturned'> & Pick<OfferKnowledge, 'stale'>,
): OfferFigures {
  const { learned: learnedBefore, vouchedAt, isInStock, detailAt, rowAt } = before;
  const unchanged = { learned: learnedBefore, vouchedAt, isInStock };
  const isPriceHint = stale?.by === 'row' && before.stale?.by !== 'row' && before.isFound && !isReturned;
  // The first row has nothing to be compared with.
  if (detailAt === null || rowAt === null || at <= detailAt || (stale !== null && !isPriceHint))
    return unchanged;
  const elapsedDays = daysBetween(vouchedSince(detailAt, vouchedAt), at);
  const learned = { ...learnedBefore };
  for (const figure of isPriceHint ? shownByPrice : listKnown(before)) {
    const { hiddenShare } = known[figure];
    const shares = sharesFor(figure, known, learned);
    const exposureDays = (1 - hiddenShare) * elapsedDays;
    learned[figure] = learnFigure(shares, learned[figure], {
      ...{ exposureDays, elapsedDays, isChanged: isPriceHint },
    });
  }
  return { learned, vouchedAt: isPriceHint ? vouchedAt : at, isInStock };
}
