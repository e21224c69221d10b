import { defineErrors } from '../core/errors.ts';

export const webErrors = defineErrors({
  WEB_NOT_LISTENING: {
    recovery: 'halt',
    remedy:
      'Choose a free port with PORT or `--port`, or stop what listens at this one; WEB_HOST must be an address of this machine.',
  },
  WEB_TOKEN_MISSING: {
    recovery: 'halt',
    remedy:
      'Set WEB_TOKEN (`openssl rand -hex 24`), which people then log in with, or leave WEB_HOST out, so that only this machine gets in.',
  },
  AUTH_CALLBACK_NOT_LISTENING: {
    recovery: 'halt',
    remedy:
      'Something else listens at the address of the callback url: stop it for the minute that the login takes, or run `catalog-sync auth --paste`, which needs no address.',
  },
});
