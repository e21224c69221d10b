import { defineErrors } from '../core/errors.ts';

/** What can be wrong with a picture that is searched for. */
export const jobErrors = defineErrors({
  IMAGE_FILE_UNREADABLE: {
    recovery: 'fail',
    remedy:
      'Put the picture where `images:` of catalog-sync.yaml says, as a path from the project folder, on every host that works.',
  },
  IMAGE_FILE_TOO_LARGE: {
    recovery: 'fail',
    remedy: '1688 takes pictures of up to 300 KB. Save it smaller: 800 pixels a side are plenty.',
  },
  IMAGE_REFUSED: {
    recovery: 'fail',
    remedy:
      '1688 says that it can not use the picture. Save it as an ordinary JPEG or PNG; a changed file is handed over anew.',
  },
  IMAGE_UPLOAD_UNAVAILABLE: {
    recovery: 'fail',
    remedy:
      'The API product.image.upload is held, or its calls of the day or month are spent. `catalog-sync status` says which; pictures at alicdn.com need no upload.',
  },
});
