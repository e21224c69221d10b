import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cliErrors } from '../../app/errors.ts';
import { ensureStateFolder, stateFolder } from '../../app/open-database.ts';
import { AppError, errorMessage } from '../../core/errors.ts';
import type { Pseudonymize } from './redact.ts';

const forms = {
  name: (digits: string) => `商家${digits}`,
  address: (digits: string) => `地址${digits}`,
  id: (digits: string) => `BBB${digits}`,
  // A host that serves nothing, for every address.
  url: (digits: string) => `https://example.invalid/${digits}`,
  // Pictures of other hosts than Alibaba's are refused; theirs has none of that name.
  photo: (digits: string) => `https://cbu01.alicdn.com/img/ibank/${digits}.jpg`,
} as const;

/** Pseudonyms by HMAC, so that a list of all sellers does not give them away; 48 bits keep them apart. */
export function createPseudonyms(key: Buffer): Pseudonymize {
  return (kind, value) => {
    const digest = createHmac('sha256', key).update(`${kind}\0${value}`).digest('hex');
    return forms[kind](digest.slice(0, 12));
  };
}

/**
 * The project's own key, made at the first use: recordings of one project agree, and those of others don't.
 *
 * @throws AppError RECORD_KEY_UNUSABLE, PROJECT_NOT_WRITABLE
 */
export function readPseudonymKey(projectDir: string): Buffer {
  const file = join(stateFolder(projectDir), 'record.key');
  const refuse = (problem: string, cause?: unknown) =>
    new AppError(cliErrors.RECORD_KEY_UNUSABLE, `${file} ${problem}; nothing was recorded`, { cause });
  if (!existsSync(file)) {
    ensureStateFolder(dirname(file));
    writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  }
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw refuse(`can't be read (${errorMessage(cause)})`, cause);
  }
  if (!/^[\da-f]{64}$/i.test(text)) throw refuse(text === '' ? 'is empty' : 'is no key of 64 hex digits');
  return Buffer.from(text, 'hex');
}
