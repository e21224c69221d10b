import { defineErrors } from '../core/errors.ts';

/** What can be wrong with stored answers. */
export const rawErrors = defineErrors({
  RAW_DAMAGED: {
    recovery: 'skip',
    remedy:
      'A stored answer lost its bytes: check the disk of Postgres. The target is asked for again when due.',
  },
});
