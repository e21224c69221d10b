import type { JsonValue } from '../core/json.ts';
import type { ImageUpload, Normalized } from '../model/records.ts';
import { Findings } from './reading/findings.ts';

/** The id by which 1688 says that it can't use a picture (1688 docs product.image.upload v1). */
const refusedId = '0';

/** Reads the result of `product.image.upload`: the id of the picture with this digest, as text or a number. */
export function normalizeImageUpload(sha256: string, payload: JsonValue): Normalized<ImageUpload> {
  const findings = new Findings();
  const imageId = typeof payload === 'number' ? String(payload) : payload;
  const isId = typeof imageId === 'string' && /^[\w.-]{1,128}$/.test(imageId);
  if (!isId) findings.reject('$', 'not_an_id', payload);
  return {
    record: isId ? { sha256, imageId: imageId === refusedId ? null : imageId } : null,
    rejects: findings.rejects,
    drifts: [],
  };
}
