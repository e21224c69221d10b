import { defineErrors } from '../core/errors.ts';

/** What can be wrong with stored tokens and their key. */
export const tokenErrors = defineErrors({
  TOKEN_KEY_MISSING: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Create a key with `openssl rand -hex 32`, put it into .env.local as TOKEN_KEY, and keep a copy elsewhere. Tokens are never stored unencrypted. Then run the command again.',
  },
  TOKEN_NEW_KEY_MISSING: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Write a new key into a file with `openssl rand -hex 32`, name the file in NEW_TOKEN_KEY_FILE, and run the command again.',
  },
  TOKEN_KEY_MISMATCH: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Set TOKEN_KEY to the key the tokens were stored with, or store new ones with `catalog-sync auth`.',
  },
  TOKEN_DAMAGED: {
    origin: 'operator',
    recovery: 'halt',
    remedy: 'The stored tokens were changed outside catalog-sync. Store new ones with `catalog-sync auth`.',
  },
  TOKEN_NOT_STORED: {
    origin: 'operator',
    recovery: 'halt',
    remedy: 'Authorise the app with `catalog-sync auth`, then start again.',
  },
  TOKEN_REFRESH_TIMEOUT: {
    origin: 'operator',
    recovery: 'retry',
    remedy: 'The refresh of the access token timed out. catalog-sync retries it automatically.',
  },
});
