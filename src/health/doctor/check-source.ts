import type { Config } from '../../config/environment.ts';
import { isLoopbackUrl } from '../../core/loopback.ts';
import type { Source } from '../../model/run.ts';
import { misconfigured, ok, type Check } from './check.ts';

const words = {
  sandbox: 'mock data of the sandbox',
  live: 'real data of 1688.com',
} as const satisfies Record<Source, string>;

/** Whether what is in the database is what calls would bring: the two kinds of data never mix. */
export function checkSource(config: Config, stored: Source | null): Check {
  const name = 'data';
  const target: Source = isLoopbackUrl(new URL(config.ALIBABA_API_URL)) ? 'sandbox' : 'live';
  if (stored === null) return ok(name, `none yet; a run would bring ${words[target]}`);
  if (stored === target) return ok(name, `the database holds ${words[stored]}, and runs bring the same`);
  const advice =
    target === 'live'
      ? 'That is why you still see mock data: give DATABASE_URL another database, or start in another folder.'
      : 'Take ALIBABA_API_URL out to go on with real data, or give the sandbox a database of its own.';
  return misconfigured(
    name,
    `the database holds ${words[stored]}, but runs would bring ${words[target]}`,
    advice,
  );
}
