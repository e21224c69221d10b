import type { Certificate, OfferRecord } from '../../model/records.ts';
import type { FieldReader } from '../reading/field-reader.ts';
import { parseMediaUrl } from '../values/parse-media-url.ts';

/** Keys of the tags that are set. */
function readTags(detail: FieldReader): readonly string[] | null {
  if (!detail.has('tagInfoList')) return null;
  const set = detail.rows('tagInfoList').flatMap((tag) => {
    const key = tag.text('key', 100);
    return tag.flag('value') === true && key !== null ? [key] : [];
  });
  return [...new Set(set)].sort();
}

function readCertificates(detail: FieldReader): readonly Certificate[] | null {
  if (!detail.has('certificateList')) return null;
  return detail.rows('certificateList').map((row) => ({
    name: row.text('certificateName', 200),
    code: row.text('certificateCode', 200),
    photoUrls: (row.list('certificatePhotoList') ?? []).flatMap((item) => {
      const url = parseMediaUrl(item.value);
      if (url === null) item.reject('not_a_media_url');
      return url ?? [];
    }),
  }));
}

type OfferTerms = Pick<
  OfferRecord,
  'tags' | 'isMixAllowed' | 'mixAmountCny' | 'mixQuantity' | 'cargoNumber' | 'sellingPoints' | 'certificates'
>;

/** How an offer is sold, by a detail answer, without prices and shipping. */
export function readTerms(detail: FieldReader): OfferTerms {
  const mix = detail.object('sellerMixSetting');
  return {
    tags: readTags(detail),
    isMixAllowed: mix.flag('generalHunpi') ?? mix.flag('isGeneralHunpi'),
    mixAmountCny: mix.money('mixAmount'),
    mixQuantity: mix.smallCount('mixNumber'),
    cargoNumber: detail.text('productCargoNumber', 100),
    sellingPoints: detail.texts('sellingPoint'),
    certificates: readCertificates(detail),
  };
}
