import type { FoundPace } from '../../ledger/found-paces.ts';
import type { Pause, QuotaLimitRow, RunWait } from '../../ledger/quota-report.ts';
import type { ApiHold } from '../../ledger/quota-store.ts';
import { apiOperations } from '../../model/known-apis.ts';
import { createNamer } from './find-subject.ts';
import { findDeclaration, limitAtNextStart, originOf, type LimitOrigin } from './limit-origin.ts';
import type { OpenQuota } from './open-quota.ts';

/** With the name of the API, group or app on the command line. */
export type Named<T> = T & { readonly name: string };

/** A limit in effect, with its name and where it comes from. */
export type ShownLimit = Named<QuotaLimitRow> & {
  readonly origin: LimitOrigin;
  /** Another number that is declared, and that the next start sets; null: none. */
  readonly atNextStart: number | null;
};

/** Everything that `quota` shows. */
export interface QuotaOverview {
  /** Operations first, then other APIs, groups, and the app; from the shortest period to the longest. */
  readonly limits: readonly ShownLimit[];
  readonly holds: readonly Named<ApiHold>[];
  readonly pauses: readonly Named<Pause>[];
  readonly waits: readonly Named<RunWait>[];
  readonly paces: readonly Named<FoundPace>[];
}

function rank({ name }: Named<object>): number {
  const place = (apiOperations as readonly string[]).indexOf(name);
  if (place >= 0) return place;
  return apiOperations.length + (name === '*' ? 2 : name.startsWith('@') ? 1 : 0);
}

/** Reads the app's limits, and what blocks its calls. */
export async function readQuota({
  sync,
  report,
  quota,
  permissions,
}: Omit<OpenQuota, 'appKey' | 'corrections'>): Promise<QuotaOverview> {
  const nameOf = createNamer(sync);
  const named = <T extends { readonly api: string }>(rows: readonly T[]): Named<T>[] =>
    rows
      .map((row) => ({ name: nameOf(row.api), ...row }))
      .toSorted((left, right) => rank(left) - rank(right));
  const declarations = { sync, permissions: await permissions.listApis() };
  const limits = named(await report.listLimits());
  return {
    limits: limits.map((limit) => {
      const declared = findDeclaration(limit, declarations);
      const atNextStart = limitAtNextStart(limit, declared, sync);
      return { ...limit, origin: originOf(limit, declared), atNextStart };
    }),
    holds: named(await quota.listHolds()),
    pauses: named(await report.listPauses()),
    waits: named(await report.listWaits()),
    paces: named(await report.listPaces()),
  };
}
