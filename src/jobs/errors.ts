import { defineErrors } from '../core/errors.ts';

/** What can be wrong with a picture that is searched for. */
export const jobErrors = defineErrors({
  IMAGE_FILE_UNREADABLE: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Put the picture at the path that `images:` of catalog-sync.yaml names, relative to the project folder, on every host that runs a worker.',
  },
  IMAGE_FILE_OUTSIDE: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Only files inside the project folder are sent to 1688, also where a name is a link. Copy the picture into the project folder.',
  },
  IMAGE_FILE_NOT_PICTURE: {
    origin: 'operator',
    recovery: 'fail',
    remedy: 'Save it as a JPEG, PNG, GIF or WebP: the content decides, not the name of the file.',
  },
  IMAGE_FILE_TOO_LARGE: {
    origin: 'operator',
    recovery: 'fail',
    remedy: '1688 accepts pictures of up to 300 KB. Save the picture smaller: 800 pixels a side are enough.',
  },
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
