import { defineErrors } from '../core/errors.ts';

export const webErrors = defineErrors({
  HEALTH_NOT_LISTENING: {
    recovery: 'halt',
    remedy: 'Choose a free port with `catalog-sync serve --port`, or stop what listens at this one.',
  },
  AUTH_CALLBACK_NOT_LISTENING: {
    recovery: 'halt',
    remedy:
      'Something else listens at the address of the callback url: stop it for the minute that the login takes, or run `catalog-sync auth --paste`, which needs no address.',
  },
});
