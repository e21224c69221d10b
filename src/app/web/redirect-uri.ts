import type { Config } from '../../config/environment.ts';

/** The url that guides name for an application on the user's own machine. */
const callbackPath = '/api/callback';

/** The callback url of the app: what its console has registered, to the letter. */
export function redirectUriOf(config: Pick<Config, 'ALIBABA_REDIRECT_URI' | 'NEXT_PUBLIC_SITE_URL'>): string {
  if (config.ALIBABA_REDIRECT_URI !== undefined) return config.ALIBABA_REDIRECT_URI;
  return config.NEXT_PUBLIC_SITE_URL.replace(/\/+$/, '') + callbackPath;
}
