import { isSelfUse } from '../../config/is-self-use.ts';
import type { Clock } from '../../core/clock.ts';
import type { Config } from '../../config/environment.ts';
import { shanghaiTime } from '../../core/shanghai-time.ts';
import { postponeWithinMs, type TokenSet, type TokenStore } from '../../model/token.ts';
import { failed, ok, skip, warn, type Check } from './check.ts';
import { isDemo } from '../../config/is-demo.ts';

const name = 'token';

const howToGetOne =
  'Run `catalog-sync auth`, or put ALIBABA_ACCESS_TOKEN (self-use apps) into .env.local; only `alibaba.category.get` works without.';

function describe(tokens: TokenSet, now: Date): Check {
  const { accessExpiresAt, refreshToken, refreshExpiresAt } = tokens;
  if (refreshToken && refreshExpiresAt && refreshExpiresAt.getTime() - now.getTime() < postponeWithinMs) {
    return warn(
      name,
      `the refresh token expires at ${shanghaiTime(refreshExpiresAt)} (Shanghai)`,
      'The next refresh postpones its expiry; if this warning stays, run `catalog-sync auth` before then.',
    );
  }
  const isOver = accessExpiresAt !== null && accessExpiresAt <= now;
  if (isOver && !refreshToken)
    return warn(name, 'the stored access token expired and cannot be refreshed', howToGetOne);
  const life =
    accessExpiresAt === null ? 'of unknown life' : `good until ${shanghaiTime(accessExpiresAt)} (Shanghai)`;
  return ok(name, `stored, ${isOver ? 'to be refreshed at the next call' : life}`);
}

/** Whether there is a token to call with, and for how long. `store` is null without a TOKEN_KEY. */
export async function checkToken(config: Config, store: TokenStore | null, clock: Clock): Promise<Check> {
  const { ALIBABA_APP_KEY: appKey, ALIBABA_REFRESH_TOKEN: refresh } = config;
  if (isDemo(config)) return skip(name, "not needed: the demo's sandbox has its own");
  if (isSelfUse(config)) return ok(name, 'from ALIBABA_ACCESS_TOKEN; it is not known when it expires');
  try {
    const stored = store && appKey ? await store.read(appKey) : null;
    if (stored) return describe(stored, clock.now());
  } catch (error) {
    return failed(name, error);
  }
  if (!refresh) return warn(name, 'there is none', howToGetOne);
  return config.TOKEN_KEY
    ? ok(name, 'none is stored yet: the first call gets one by ALIBABA_REFRESH_TOKEN')
    : warn(
        name,
        'refreshed tokens are not stored, because TOKEN_KEY is not set',
        'Set TOKEN_KEY to 64 hex digits: `openssl rand -hex 32`.',
      );
}
