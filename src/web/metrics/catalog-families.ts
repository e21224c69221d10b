import type { CatalogCount } from '../reads/overview-pages.ts';
import { secondsOf, type Family, type Sample } from './metric-table.ts';

const gauge = (name: string, help: string, samples: readonly Sample[]): Family => ({
  ...{ type: 'gauge', name, help, samples },
});

/** The size and freshness of the catalog at its last count. */
export function catalogFamilies(counted: CatalogCount): Family[] {
  const { at, offers, listed, neverDetailed, within1d, within7d, medianAgeH } = counted;
  return [
    gauge('counted_timestamp_seconds', 'When the offers of the next metrics were counted.', [
      { value: secondsOf(at) },
    ]),
    gauge('offers', 'Offers in any state.', [{ value: offers }]),
    gauge('listed_offers', 'Those on sale.', [{ value: listed }]),
    gauge('never_detailed_offers', 'Those without any detail answer.', [{ value: neverDetailed }]),
    gauge('fresh_offers', 'Those with a detail answer that is not older.', [
      { labels: { within: '1d' }, value: within1d },
      { labels: { within: '7d' }, value: within7d },
    ]),
    gauge(
      'detail_age_median_seconds',
      'Half of the offers that have a detail answer have one of at most this age.',
      [{ value: medianAgeH === null ? null : medianAgeH * 3600 }],
    ),
  ];
}
