import { shanghaiTime } from '../../core/shanghai-time.ts';
import type { QuotaStatus } from '../../ledger/quota-store.ts';
import { ok, skip, warn, type Check } from './check.ts';

const name = 'quota';
const formatCount = (count: number) => count.toLocaleString('en');

/** `product.search.keywordQuery` of `com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1`. */
function shortName(api: string): string {
  return api.split(':')[1] ?? api;
}

function describe({ period, used, callLimit, isAssumed }: QuotaStatus): string {
  const doubt = isAssumed ? ' (assumed)' : '';
  return `${formatCount(used)} of ${formatCount(callLimit)} a ${period}${doubt}`;
}

/** Limits of an API in one line. */
function describeApi(api: string, limits: readonly QuotaStatus[]): string {
  return `${shortName(api)}: used ${limits.map(describe).join(', ')}`;
}

/** What is left of each API. A limit that is used up comes first, because it allows no call. */
export function checkQuota(limits: readonly QuotaStatus[]): Check[] {
  const shown = limits.filter(({ period }) => period === 'day' || period === 'month');
  if (shown.length === 0)
    return [skip(name, 'no limit is known yet: the first run or signed call sets them')];
  const isUsedUp = ({ remaining }: QuotaStatus) => remaining <= 0;
  const usedUp = shown.filter(isUsedUp).map((limit) => {
    const back = limit.resetAt === null ? '' : `, back at ${shanghaiTime(limit.resetAt)} (Shanghai)`;
    return warn(
      name,
      `${describeApi(limit.api, [limit])}${back}`,
      'Nothing to do: the first run after the reset continues.',
    );
  });
  const left = shown.filter((limit) => !isUsedUp(limit));
  const ofEachApi = [...new Set(left.map(({ api }) => api))].map((api) =>
    ok(
      name,
      describeApi(
        api,
        left.filter((limit) => limit.api === api),
      ),
    ),
  );
  return [...usedUp, ...ofEachApi];
}
