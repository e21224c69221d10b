import type { JsonValue } from '../core/json.ts';
import type { SearchRequest } from '../model/operation.ts';
import type { Normalized, RowPrice, SearchPage, SearchRow } from '../model/records.ts';
import { openPayload, type FieldReader, type ListItem } from './reading/field-reader.ts';
import { Findings } from './reading/findings.ts';
import { readSubject } from './reading/read-subject.ts';
import { findDrifts } from './wire/find-drifts.ts';
import { imageQueryShape, keywordQueryShape } from './wire/search-answers.ts';
import type { WireShape } from './wire/wire-shape.ts';

const shapes = {
  'search.keyword': keywordQueryShape,
  'search.seller': keywordQueryShape,
  'search.image': imageQueryShape,
} as const satisfies Record<SearchRequest['operation'], WireShape>;

/**
 * Reads the inner result of a search (`{totalRecords, data}`) of any kind. A row that is repeated on a page keeps its first
 * place. A page without `data` has no rows; a page whose `data` is no list is of no use (record null).
 */
export function normalizeSearchPage(
  operation: SearchRequest['operation'],
  payload: JsonValue,
): Normalized<SearchPage> {
  const findings = new Findings();
  const answer = openPayload(payload, findings);
  return {
    record: answer && readPage(answer),
    rejects: findings.rejects,
    drifts: findDrifts(payload, shapes[operation]),
  };
}

function readPage(answer: FieldReader): SearchPage | null {
  const items = answer.list('data');
  if (!items) return null;
  const seen = new Set<string>();
  return {
    totalRecords: answer.smallCount('totalRecords'),
    rowsInAnswer: items.length,
    rows: items.flatMap((item) => readRow(item, seen) ?? []),
  };
}

/** The last two are deprecated (1688 docs queryProductDetail v1). */
const furtherPrices = [
  ['consignPrice', 'search_consign'],
  ['promotionPrice', 'search_promotion'],
  ['jxhyPrice', 'search_jxhy'],
  ['pfJxhyPrice', 'search_jxhy_wholesale'],
] as const;

function readFurtherPrices(price: FieldReader): readonly RowPrice[] {
  return furtherPrices.flatMap(([key, kind]) => {
    const amountCny = price.money(key);
    return amountCny === null && price.isReadable && !price.has(key) ? [] : [{ kind, amountCny }];
  });
}

function readRow(item: ListItem, seen: Set<string>): SearchRow | null {
  const row = item.asRow();
  const offerId = row?.uniqueId('offerId', seen);
  if (!row || !offerId) return null;
  const price = row.object('priceInfo');
  const priceCny = price.money('price');
  return {
    offerId,
    rank: item.index + 1,
    ...readSubject(row),
    mainImageUrl: row.mediaUrl('imageUrl'),
    priceCny,
    isPriceUnread: !price.isReadable || (priceCny === null && price.has('price')),
    furtherPrices: readFurtherPrices(price),
    monthSold: row.count('monthSold'),
    repurchaseRate: row.share('repurchaseRate'),
    minOrderQuantity: row.smallCount('minOrderQuantity'),
    sellerIdentities: row.texts('sellerIdentities', 100),
    offerIdentities: row.texts('offerIdentities', 100),
    isPatentProduct: row.flag('isPatentProduct'),
    categoryId: row.id('thirdCategoryId') ?? row.id('secondCategoryId') ?? row.id('topCategoryId'),
    sourceCreatedAt: row.date('createDate'),
    sourceModifiedAt: row.date('modifyDate'),
  };
}
