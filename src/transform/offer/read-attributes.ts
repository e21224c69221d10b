import type { OfferAttribute, SkuAttribute } from '../../model/records.ts';
import type { FieldReader } from '../reading/field-reader.ts';

/** The texts of one attribute of an offer or a SKU: 1688 uses the same names in both places. */
export function readAttributeTexts(row: FieldReader): SkuAttribute {
  return {
    attributeId: row.id('attributeId'),
    name: row.text('attributeName'),
    value: row.text('value', 1000),
    nameTranslated: row.text('attributeNameTrans'),
    valueTranslated: row.text('valueTrans', 1000),
  };
}

/** `productAttribute`: one row for each value, so the same attribute id may come several times. */
export function readAttributes(detail: FieldReader): readonly OfferAttribute[] {
  return detail.rows('productAttribute').map((row, position) => ({ position, ...readAttributeTexts(row) }));
}
