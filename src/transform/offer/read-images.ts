import type { OfferImage } from '../../model/records.ts';
import type { FieldReader } from '../reading/field-reader.ts';
import { parseMediaUrl } from '../values/parse-media-url.ts';

/** `productImage`: the usable pictures of the gallery in its order, then the cut-out on white. */
export function readImages(detail: FieldReader): readonly OfferImage[] {
  const source = detail.object('productImage');
  const urls = (source.list('images') ?? []).flatMap((item) => {
    const url = parseMediaUrl(item.value);
    if (url === null) item.reject('not_a_media_url');
    return url ?? [];
  });
  const gallery = urls.map((url, position): OfferImage => ({ kind: 'main', position, url }));
  const white = source.mediaUrl('whiteImage');
  return white === null ? gallery : [...gallery, { kind: 'white', position: 0, url: white }];
}
