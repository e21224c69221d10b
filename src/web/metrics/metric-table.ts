import { Counter, Gauge, Registry } from 'prom-client';

/** A value with its labels; null values are left out. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number | null;
}

export interface Family {
  readonly type: 'gauge' | 'counter';
  /** Without the prefix. */
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Seconds since 1970, as Prometheus' `time()` counts. */
export const secondsOf = (at: Date | null): number | null => (at === null ? null : at.getTime() / 1000);

/** A registry for one scrape: the next scrape makes its own, so no value is old. */
export function toRegistry(families: readonly Family[]): Registry {
  const registry = new Registry();
  for (const { type, name, help, samples } of families) {
    const shown = samples.filter(({ value }) => value !== null);
    if (shown.length === 0) continue;
    const labelNames = Object.keys(shown[0]?.labels ?? {});
    const options = { name: `catalogsync_${name}`, help, labelNames, registers: [registry] };
    const metric = type === 'gauge' ? new Gauge(options) : new Counter(options);
    for (const { labels = {}, value } of shown) metric.inc({ ...labels }, value ?? 0);
  }
  return registry;
}
