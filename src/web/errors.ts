import { defineErrors } from '../core/errors.ts';

export const webErrors = defineErrors({
  WEB_NOT_LISTENING: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Choose a free port with PORT or `--port`, or stop the process that uses this port. WEB_HOST must be an address of this machine.',
  },
  WEB_TOKEN_MISSING: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Set WEB_TOKEN (`openssl rand -hex 24`), with which people then log in, or omit WEB_HOST, so that only this machine can connect.',
  },
  AUTH_CALLBACK_NOT_LISTENING: {
    origin: 'operator',
    recovery: 'halt',
    remedy:
      'Another process listens at the address of the callback url. Stop it during the login, or run `catalog-sync auth --paste`, which needs no address.',
  },
});
