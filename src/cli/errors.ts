import { defineErrors } from '../core/errors.ts';

export const cliErrors = defineErrors({
  INTERRUPTED: {
    recovery: 'fail',
    remedy: 'A signal stopped the command before it was done. Nothing is half-written; start it again.',
  },
});
