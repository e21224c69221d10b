import type { Config } from '../../config/environment.ts';
import { isLoopbackUrl } from '../../core/loopback.ts';
import type { Source } from '../../model/run.ts';
import { misconfigured, ok, type Check } from './check.ts';
import { isDemo } from '../../config/is-demo.ts';

const words = {
  sandbox: 'mock data of the sandbox',
  live: 'real data of 1688.com',
} as const satisfies Record<Source, string>;

/** Whether the data in the database have the source of new calls: the two kinds of data never mix. */
export function checkSource(config: Config, stored: Source | null): Check {
  const name = 'data';
  const isMock = isDemo(config) || isLoopbackUrl(new URL(config.ALIBABA_API_URL));
  const target: Source = isMock ? 'sandbox' : 'live';
  if (stored === null) return ok(name, `none yet; a run would fetch ${words[target]}`);
  if (stored === target) return ok(name, `the database has ${words[stored]}, and runs fetch the same`);
  const advice =
    target === 'live'
      ? 'This is why you still see mock data: set DATABASE_URL to another database, or start in another folder.'
      : 'Remove ALIBABA_API_URL to continue with real data, or use a separate database for the sandbox.';
  return misconfigured(
    name,
    `the database has ${words[stored]}, but runs would fetch ${words[target]}`,
    advice,
  );
}
