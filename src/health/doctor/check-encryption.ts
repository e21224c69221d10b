import type { Config } from '../../config/environment.ts';
import { listUnencrypted, requireEncryption } from '../../db/require-encryption.ts';
import { failed, warn, type Check } from './check.ts';

const name = 'encryption';

/** Whether Postgres and Redis on other machines are spoken to by TLS; nothing when they are. */
export function checkEncryption(config: Config): Check[] {
  try {
    requireEncryption(config);
  } catch (error) {
    return [failed(name, error)];
  }
  const open = listUnencrypted(config);
  if (open.length === 0) return [];
  const message = `${open.join(' and ')} without TLS to another machine, because of ALLOW_UNENCRYPTED`;
  return [
    warn(
      name,
      message,
      'Fine where nobody else can read the network; otherwise use TLS (docs/configuration.md).',
    ),
  ];
}
