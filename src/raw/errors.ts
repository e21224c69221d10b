import { defineErrors } from '../core/errors.ts';

/** What can be wrong with stored answers. */
export const rawErrors = defineErrors({
  RAW_DAMAGED: {
    origin: 'operator',
    recovery: 'skip',
    remedy:
      'A stored answer is damaged. Check the disk of Postgres. The target is fetched again when it is due.',
  },
});
