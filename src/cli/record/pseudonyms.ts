import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stateFolder } from '../../app/open-database.ts';
import type { Pseudonymize } from './redact.ts';

const forms = {
  name: (digits: string) => `商家${digits}`,
  address: (digits: string) => `地址${digits}`,
  id: (digits: string) => `BBB${digits}`,
  // A host that serves nothing, for every address.
  url: (digits: string) => `https://example.invalid/${digits}`,
} as const;

/** Pseudonyms by HMAC, so that a list of all sellers does not give them away; 48 bits keep them apart. */
export function createPseudonyms(key: Buffer): Pseudonymize {
  return (kind, value) => {
    const digest = createHmac('sha256', key).update(`${kind}\0${value}`).digest('hex');
    return forms[kind](digest.slice(0, 12));
  };
}

/** The project's own key, made at the first use: recordings of one project agree, and those of others don't. */
export function readPseudonymKey(projectDir: string): Buffer {
  const file = join(stateFolder(projectDir), 'record.key');
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  }
  return Buffer.from(readFileSync(file, 'utf8'), 'hex');
}
