import { createHash } from 'node:crypto';
import { Draw } from './draw.ts';
import type { Entry } from './entry.ts';

/** A picture that offers are compared with. */
export interface ImageFeatures {
  /** Tells pictures apart: the id of an upload, or a url. */
  readonly key: string;
  /** The offer whose own picture it is; null: nobody's. */
  readonly offerIndex: number | null;
}

/** Offers beyond that look too different. At half of that, an image search has fewer pages than real ones. */
const maxAlike = 200;

/** Where a search for likeness looks. */
export interface Gallery {
  readonly rootIds: readonly string[];
  /** The listed offers below a root, by rank, as indexes. */
  below(rootId: string): Uint32Array;
  entryAt(index: number): Entry;
  /** Undefined: not listed. */
  find(offerIndex: number): Entry | undefined;
}

/**
 * The offers that look like a picture, most alike first. Likeness is made up: offers of one root category, in
 * an order of the picture's own; the offer whose picture it is comes first.
 */
export function listAlike(picture: ImageFeatures, gallery: Gallery): readonly Entry[] {
  const draw = new Draw(createHash('sha1').update(picture.key).digest().readUInt32BE());
  const owner = picture.offerIndex === null ? undefined : gallery.find(picture.offerIndex);
  const drawn = gallery.rootIds[draw.int('root', gallery.rootIds.length)] ?? '0';
  const rootId = owner?.offer.category.path[0] ?? drawn;
  const likeness = ({ offer }: Entry) => draw.unit('likeness', offer.index);
  const others = [...gallery.below(rootId).subarray(0, maxAlike)]
    .map((index) => gallery.entryAt(index))
    .filter((entry) => entry.offer.index !== owner?.offer.index)
    .sort((a, b) => likeness(b) - likeness(a));
  return owner === undefined ? others : [owner, ...others];
}
