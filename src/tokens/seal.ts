import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import { tokenErrors } from './errors.ts';

export interface Sealer {
  /** Encrypts `text`; it opens again only under the same `context`. */
  seal(text: string, context: string): Buffer;
  /** @throws AppError TOKEN_KEY_MISMATCH, TOKEN_DAMAGED */
  open(sealed: Buffer, context: string): string;
  /** Whether the bytes claim to be sealed with this key. */
  isOwn(sealed: Buffer): boolean;
}

const fingerprintBytes = 8;
/** NIST SP 800-38D: 96 bits, for which a random nonce is safe far beyond the number of tokens of an app. */
const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM with a random nonce. Sealed bytes are: the key's fingerprint (8), nonce (12), tag (16), ciphertext.
 *
 * @param key 64 hex digits
 */
export function createSealer(key: Secret): Sealer {
  const keyBytes = Buffer.from(key.reveal(), 'hex');
  const fingerprint = createHmac('sha256', keyBytes)
    .update('catalog-sync token key')
    .digest()
    .subarray(0, fingerprintBytes);

  const isOwn = (sealed: Buffer) => sealed.subarray(0, fingerprintBytes).equals(fingerprint);
  return {
    isOwn,
    seal: (text, context) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', keyBytes, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([fingerprint, nonce, cipher.getAuthTag(), body]);
    },
    open: (sealed, context) => {
      if (!isOwn(sealed)) {
        throw new AppError(
          tokenErrors.TOKEN_KEY_MISMATCH,
          'the stored tokens were encrypted with another TOKEN_KEY',
        );
      }
      let from = fingerprintBytes;
      const take = (bytes: number) => sealed.subarray(from, (from += bytes));
      const nonce = take(nonceBytes);
      const tag = take(tagBytes);
      try {
        const decipher = createDecipheriv('aes-256-gcm', keyBytes, nonce, { authTagLength: tagBytes });
        decipher.setAAD(Buffer.from(context)).setAuthTag(tag);
        return Buffer.concat([decipher.update(sealed.subarray(from)), decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new AppError(tokenErrors.TOKEN_DAMAGED, 'the stored tokens do not decrypt', { cause });
      }
    },
  };
}
