import type { QuotaStatus } from '../../load/stores/quota-store.ts';
import { ok, skip, warn, type Check } from './check.ts';

const name = 'quota';
const formatCount = (count: number) => count.toLocaleString('en');

/** `product.search.keywordQuery` of `com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1`. */
function shortName(api: string): string {
  return api.split(':')[1] ?? api;
}

function describe({ api, window, used, callLimit, isAssumed }: QuotaStatus): string {
  const whose = isAssumed ? 'assumed' : 'approved';
  return `${shortName(api)}: ${formatCount(used)} of ${formatCount(callLimit)} ${whose} calls a ${window} used`;
}

/** What is left of each limit. A limit that is used up is told first, for nothing can be called under it. */
export function checkQuota(limits: readonly QuotaStatus[]): Check[] {
  const shown = limits.filter(({ window }) => window === 'day' || window === 'month');
  if (shown.length === 0)
    return [skip(name, 'no limit is known yet: the first run or signed call sets them')];
  const isUsedUp = ({ remaining }: QuotaStatus) => remaining <= 0;
  const usedUp = shown.filter(isUsedUp).map((limit) => {
    const back = limit.resetAt === null ? '' : `, back at ${limit.resetAt.toISOString()}`;
    return warn(
      name,
      `${describe(limit)}${back}`,
      'Nothing to do: the next run goes on from where this one stopped.',
    );
  });
  const left = shown.filter((limit) => !isUsedUp(limit)).map((limit) => ok(name, describe(limit)));
  return [...usedUp, ...left];
}
