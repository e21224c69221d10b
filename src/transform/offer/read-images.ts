import type { OfferRecord } from '../../model/records.ts';
import type { FieldReader } from '../reading/field-reader.ts';
import { parseMediaUrl } from '../values/parse-media-url.ts';

/** `productImage`: the usable pictures of the gallery in its order, and the cut-out on white. */
export function readImages(detail: FieldReader): Pick<OfferRecord, 'imageUrls' | 'whiteImageUrl'> {
  const source = detail.object('productImage');
  const imageUrls = (source.list('images') ?? []).flatMap((item) => {
    const url = parseMediaUrl(item.value);
    if (url === null) item.reject('not_a_media_url');
    return url ?? [];
  });
  return { imageUrls, whiteImageUrl: source.mediaUrl('whiteImage') };
}
