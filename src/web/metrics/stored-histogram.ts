import { Histogram } from 'prom-client';
import { latencyBoundsMs, type CallMetrics } from './metrics-store.ts';

const name = 'catalogsync_gateway_latency_seconds';
const help = 'Time from sending to the whole answer, of the calls of the present day of Shanghai.';

/** How long calls took, as the ledger counted them: for all processes together, so it is not observed here. */
export class StoredHistogram extends Histogram<'api'> {
  readonly #calls: readonly CallMetrics[];

  constructor(calls: readonly CallMetrics[]) {
    super({ name, help, registers: [] });
    this.#calls = calls;
  }

  /** The output of the registry. prom-client's types lack it; its `get` calls it, too. */
  getForPromString() {
    const apis = [...new Set(this.#calls.map(({ api }) => api))];
    return Promise.resolve({
      name,
      help,
      type: 'histogram',
      values: apis.flatMap((api) => this.#valuesOf(api)),
    });
  }

  #valuesOf(api: string) {
    const timed = this.#calls.filter((call) => call.api === api && call.bound !== null);
    const countWithin = (place: number) =>
      timed.reduce((sum, { bound, calls }) => sum + ((bound ?? 0) <= place ? calls : 0), 0);
    const all = countWithin(latencyBoundsMs.length);
    const buckets = latencyBoundsMs.map((ms, place) => ({ le: ms / 1000, value: countWithin(place) }));
    const seconds = timed.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / 1000;
    return [
      ...[...buckets, { le: '+Inf', value: all }].map(({ le, value }) => ({
        metricName: `${name}_bucket`,
        labels: { le, api },
        value,
      })),
      { metricName: `${name}_sum`, labels: { api }, value: seconds },
      { metricName: `${name}_count`, labels: { api }, value: all },
    ];
  }
}
