import { defineErrors } from '../core/errors.ts';

export const cliErrors = defineErrors({
  INTERRUPTED: {
    recovery: 'fail',
    remedy: 'A signal stopped the command before it was done. Nothing is half-written; start it again.',
  },
  SANDBOX_NOT_STARTED: {
    recovery: 'fail',
    remedy: 'Choose another --port, or leave it out to get a free one.',
  },
});
