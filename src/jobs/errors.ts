import { defineErrors } from '../core/errors.ts';

/** Errors of a picture that is searched for. */
export const jobErrors = defineErrors({
  IMAGE_REFUSED: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      '1688 cannot use the picture. Save it as an ordinary JPEG or PNG; a changed file is uploaded again.',
  },
  IMAGE_UPLOAD_UNAVAILABLE: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'The API product.image.upload is held, or its daily or monthly quota is used up. `catalog-sync status` shows which; pictures at alicdn.com need no upload.',
  },
});
