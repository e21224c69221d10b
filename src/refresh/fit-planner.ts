import { hourMs } from '../core/duration.ts';
import type { Logger } from '../core/log.ts';
import { figures, type Figure } from '../model/figures.ts';
import type { RefreshQueue } from './queue/refresh-queue.ts';
import { fitPrior, priorSampleSize } from './planner/fit-prior.ts';
import { firstShares, fitByOfferRate, fitShares } from './planner/rate-grid.ts';
import { floorAgeDays } from './planner/select-calls.ts';
import { keptShareOf } from './planner/visible-share.ts';

/** Once a day; 20 h, so that a process that starts a little earlier than the day before still fits. */
const fitEveryMs = 20 * hourMs;

const isStock = (figure: Figure) => figure === 'in_stock' || figure === 'out_of_stock';

/**
 * Once a day, fits the planner's assumptions about offers to a sample of observations: how often offers change, how popular they are, how
 * often shops reprice, which share of changes rows show, and the floor age past which an offer is fetched regardless of value.
 */
export async function fitPlanner(
  { refreshQueue, log }: { readonly refreshQueue: RefreshQueue; readonly log: Logger },
  now: Date,
): Promise<void> {
  const {
    fittedAt,
    prior,
    sample,
    figures: learned,
    shown,
    meanPopularity,
    offers,
    detailsPerDay,
    shops,
    siblings,
  } = await refreshQueue.sample(priorSampleSize);
  if (sample.length === 0 || (fittedAt !== null && now.getTime() - fittedAt.getTime() < fitEveryMs)) return;
  const fitted = fitPrior(sample, prior);
  const sharesOf = (figure: Figure) =>
    fitShares(
      learned[figure].map(({ evidence }) => evidence),
      firstShares[figure],
    );
  const offerShares = sharesOf('offer');
  const fittedFigures = figures.map((figure) => {
    const shares = figure === 'offer' ? offerShares : sharesOf(figure);
    const byOfferRate = isStock(figure) ? fitByOfferRate(learned[figure], offerShares, shares) : null;
    return { figure, shares, byOfferRate };
  });
  const floorDays = detailsPerDay > 0 ? floorAgeDays(offers, detailsPerDay) : null;
  await refreshQueue.saveFit({
    prior: fitted,
    figures: fittedFigures,
    shownKept: keptShareOf(shown),
    meanPopularity,
    floorDays,
    ...{ shops, siblings },
    fittedAt: now,
  });
  log.info({ offers: sample.length, ...fitted, meanPopularity, floorDays }, 'planner fitted');
}
