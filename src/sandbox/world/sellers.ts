import type { Draw } from './draw.ts';
import { firmNames, firmTrades, places } from './vocabulary.ts';

/** A shop. Scores are on 1688's scale of 0 to 5. */
export interface Seller {
  /** 1688's `sellerOpenId`: an opaque token. */
  readonly id: string;
  readonly companyName: string;
  readonly province: string;
  readonly city: string;
  /** It changes most of its prices on one day, now and then. */
  readonly isRepricing: boolean;
  readonly draw: Draw;
}

function openId(draw: Draw): string {
  const bytes = Buffer.alloc(16);
  for (let word = 0; word < 4; word++) bytes.writeUInt32BE(draw.bits('open-id', word), word * 4);
  return `BBB${bytes.toString('base64url')}`;
}

/**
 * Founds the `index`-th shop of the world.
 *
 * @param repricing share of the shops that change most of their prices on one day
 */
export function foundSeller(world: Draw, index: number, repricing: number): Seller {
  const draw = world.child('seller', index);
  const [province, city] = draw.pick('place', places);
  const firm = draw.pick('firm', firmNames).zh + draw.pick('second-firm', firmNames).zh;
  const companyName = `${city}${firm}${draw.pick('trade', firmTrades).zh}有限公司`;
  const isRepricing = draw.chance('is-repricing', repricing);
  return { id: openId(draw), companyName, province, city, isRepricing, draw };
}
