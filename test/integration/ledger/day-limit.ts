import type { ReserveRequest } from '../../../src/model/ledger.ts';
import { api, appKey, requestFor, type OpenLedger } from '../../support/open-ledger.ts';

/** The limit of an API for a day, and what calls get of it. */
export function createDayLimit({ quota, ledger }: Pick<OpenLedger, 'quota' | 'ledger'>) {
  return {
    setDay: (callLimit: number, forApi = api) =>
      quota.setLimit({ appKey, api: forApi, period: 'day', callLimit }),
    /** Of one call after another: `granted`, or what denies it. */
    reserveMany: async (count: number, overrides: Partial<ReserveRequest> = {}): Promise<string[]> => {
      const kinds: string[] = [];
      for (let n = 0; n < count; n++) {
        const answer = await ledger.reserve(requestFor(`offer-${n}`, overrides));
        kinds.push(answer.kind === 'denied' ? answer.by : answer.kind);
      }
      return kinds;
    },
  };
}
