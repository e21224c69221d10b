import { defineErrors } from '../core/errors.ts';

export const localErrors = defineErrors({
  LOCAL_POSTGRES_UNAVAILABLE: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Set DATABASE_URL to a Postgres 15 or newer. The bundled one runs on Linux (glibc) and macOS, x64 and arm64, after an `npm ci` that did not omit optional dependencies.',
  },
  LOCAL_POSTGRES_START_FAILED: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Read the quoted lines of its log (the facts name the whole file), correct the cause and start again. Or set DATABASE_URL to another Postgres.',
  },
  LOCAL_POSTGRES_DATA_UNUSABLE: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'The data is unchanged. Start as the user who created it, or move the named folder away to begin with an empty database.',
  },
  LOCAL_POSTGRES_OTHER_VERSION: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'The data is unchanged. Migrate it as docs/upgrade.md says ("A new major version of the bundled Postgres"), or move the named folder away to begin with an empty database.',
  },
  LOCAL_POSTGRES_BUSY: {
    origin: 'operator',
    recovery: 'retry',
    remedy:
      'Another process has been starting or stopping the bundled Postgres for minutes. Try again; if it hangs, end that process.',
  },
});
