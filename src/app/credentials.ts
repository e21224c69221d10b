import type { Pool } from 'pg';
import type { Config } from '../config/environment.ts';
import { isDemo } from '../config/is-demo.ts';
import { isPlaceholder } from '../config/placeholders.ts';
import { AppError, coreErrors } from '../core/errors.ts';
import { isPrivateUrl } from '../core/loopback.ts';
import type { Secret } from '../core/secret.ts';
import type { Source } from '../model/run.ts';
import { requireSameApp } from '../runs/claim-database.ts';

/** Where 1688 can't be is the sandbox: on this machine, or on a network of containers. */
export function sourceOf(config: Pick<Config, 'ALIBABA_API_URL'>): Source {
  return isPrivateUrl(new URL(config.ALIBABA_API_URL)) ? 'sandbox' : 'live';
}

interface Credentials {
  readonly appKey: string;
  readonly appSecret: Secret;
}

/**
 * Refuses what is about an app, or calls 1688, in the folder of a demo.
 *
 * @param consequence as in "1688 cannot be called"
 * @throws AppError PROJECT_IS_DEMO
 */
export function refuseDemo(config: Config, consequence: string): void {
  if (!isDemo(config)) return;
  const message = `this is the folder of a demo, which needs no keys and has none, so ${consequence}`;
  throw new AppError(coreErrors.PROJECT_IS_DEMO, message);
}

/** @throws AppError CREDENTIALS_MISSING, PROJECT_IS_DEMO */
export function credentialsOf(config: Config): Credentials {
  const { ALIBABA_APP_KEY: appKey, ALIBABA_APP_SECRET: appSecret } = config;
  const isLeftIn = isPlaceholder(appKey ?? '') || isPlaceholder(appSecret?.reveal() ?? '');
  if (appKey !== undefined && appSecret !== undefined && !isLeftIn) return { appKey, appSecret };
  refuseDemo(config, '1688 cannot be called');
  throw new AppError(
    coreErrors.CREDENTIALS_MISSING,
    'ALIBABA_APP_KEY and ALIBABA_APP_SECRET are not both set, or are placeholders, so 1688 cannot be called',
  );
}

/** At each tick, too: a database that another app adopts is no longer ours. @throws AppError DATABASE_OTHER_APP */
export function requireOurs(pool: Pool, config: Config): Promise<void> {
  return requireSameApp(pool, { source: sourceOf(config), appKey: credentialsOf(config).appKey });
}
