import { configKeys, type Config } from '../../config/environment.ts';
import { isLoopbackUrl } from '../../core/loopback.ts';
import type { Secret } from '../../core/secret.ts';
import { misconfigured, ok, skip, warn, type Check } from './check.ts';
import { isPlaceholder } from '../../config/placeholders.ts';

const copyAgain = 'Copy it again: open.1688.com, console, application, basic information.';

/** Which settings have a value, by name, and where it came from. */
export function checkSettings(origins: ReadonlyMap<string, string>): Check {
  const set = configKeys.flatMap((key) => {
    const origin = origins.get(key);
    return origin === undefined ? [] : [`${key} (${origin})`];
  });
  return ok('settings', set.length === 0 ? 'none is set: every setting has its default' : set.join(', '));
}

/** Where calls go, and a note if the data are of the sandbox. */
export function checkTarget(config: Config, origins: ReadonlyMap<string, string>): Check {
  const url = new URL(config.ALIBABA_API_URL);
  if (!isLoopbackUrl(url))
    return { ...ok('gateway', `LIVE (${url.host}): fetching real data from 1688.com`), source: 'live' };
  const origin = origins.get('ALIBABA_API_URL') ?? 'the default';
  const message = `SANDBOX: using mock data of ${url.host}, because of ALIBABA_API_URL in ${origin}. Without it, calls go to 1688`;
  return { ...ok('gateway', message), source: 'sandbox' };
}

/** The digits of an app key. */
const isKeyLike = (text: string): boolean => /^\d{4,12}$/.test(text);

function checkAppKey(key: string | undefined): Check {
  const name = 'app key';
  if (key === undefined)
    return misconfigured(
      name,
      'ALIBABA_APP_KEY is not set',
      'Put it into .env.local, as `catalog-sync init` does, or look around by `catalog-sync serve --sandbox`, which needs none.',
    );
  if (isPlaceholder(key))
    return misconfigured(name, 'ALIBABA_APP_KEY is the placeholder of the guide', copyAgain);
  if (!isKeyLike(key)) return warn(name, 'ALIBABA_APP_KEY is not a number of about 8 digits', copyAgain);
  return ok(name, 'ALIBABA_APP_KEY has the right form');
}

function checkAppSecret(secret: Secret | undefined): Check {
  const name = 'app secret';
  if (secret === undefined)
    return misconfigured(
      name,
      'ALIBABA_APP_SECRET is not set',
      'Put it into .env.local, as `catalog-sync init` does, or look around by `catalog-sync serve --sandbox`, which needs none.',
    );
  const text = secret.reveal();
  if (isPlaceholder(text))
    return misconfigured(name, 'ALIBABA_APP_SECRET is the placeholder of the guide', copyAgain);
  if (/^["'`]|["'`]$|\s/.test(text))
    return misconfigured(
      name,
      'ALIBABA_APP_SECRET has quotes or spaces in it',
      'Remove them: they become part of the signature.',
    );
  if (!/^[\w-]{8,64}$/.test(text))
    return warn(name, 'ALIBABA_APP_SECRET is not 8 to 64 letters and digits', copyAgain);
  return ok(name, 'ALIBABA_APP_SECRET has the right form');
}

/** In place of the keys and the target of a demo. */
export const demoCheck: Check = skip(
  'app key',
  'this is the project of a demo, which needs no keys: it starts a sandbox of its own',
);

/** App key and secret, as far as that shows without a call. */
export function checkCredentials(config: Config): Check[] {
  const { ALIBABA_APP_KEY: key = '', ALIBABA_APP_SECRET: secret } = config;
  const secretText = secret?.reveal() ?? '';
  if (isKeyLike(secretText) && !isKeyLike(key) && key.length > secretText.length)
    return [
      misconfigured(
        'app key',
        'ALIBABA_APP_KEY and ALIBABA_APP_SECRET look swapped: the key has only digits, and the secret is longer',
        'Exchange their values.',
      ),
    ];
  return [checkAppKey(config.ALIBABA_APP_KEY), checkAppSecret(config.ALIBABA_APP_SECRET)];
}
