import type { MeasureSource, PackageRecord } from '../../model/records.ts';
import type { FieldReader } from '../reading/field-reader.ts';

/** Kilograms and centimetres on the wire (1688 docs queryProductDetail v1), grams and millimetres here. */
const gramsAKilogram = 1000;
const millimetresACentimetre = 10;

const sourceWords: readonly (readonly [word: string, source: MeasureSource])[] = [
  ['官方', 'official'],
  ['商家', 'seller'],
  ['预测', 'estimated'],
];

/** `官方测量`, `商家自填` or `预测-同款放大`; null for any other text. */
function readSource(info: FieldReader): MeasureSource | null {
  const text = info.text('pkgSizeSource', 100) ?? '';
  return sourceWords.find(([word]) => text.includes(word))?.[1] ?? null;
}

type Size = readonly [lengthMm: string | null, widthMm: string | null, heightMm: string | null];

function readSize(info: FieldReader, keys: readonly [string, string, string]): Size {
  const [length, width, height] = keys.map((key) => info.measure(key, millimetresACentimetre));
  return [length ?? null, width ?? null, height ?? null];
}

const isWhole = (size: Size): boolean => size.every((side) => side !== null);

export const unknownPackage: PackageRecord = {
  weightG: null,
  weightSource: null,
  lengthMm: null,
  widthMm: null,
  heightMm: null,
  sizeSource: null,
};

/**
 * Weight and size of `productShippingInfo`, or of an element of its `skuShippingDetails`: what 1688 measured, else the plain
 * value with its stated source, else (weight) what 1688 estimated. A size counts when it has all three sides.
 */
export function readPackage(info: FieldReader): PackageRecord {
  const stated = readSource(info);
  const weights: (readonly [string | null, MeasureSource | null])[] = [
    [info.measure('officialWeight', gramsAKilogram), 'official'],
    [info.measure('weight', gramsAKilogram), stated],
    [info.measure('aiWeight', gramsAKilogram), 'estimated'],
  ];
  const sizes: (readonly [Size, MeasureSource | null])[] = [
    [readSize(info, ['officialLength', 'officialWidth', 'officialHeight']), 'official'],
    [readSize(info, ['length', 'width', 'height']), stated],
  ];
  const [weightG, weightSource] = weights.find(([weight]) => weight !== null) ?? [null, null];
  const [size, sizeSource] = sizes.find(([sides]) => isWhole(sides)) ?? [[null, null, null], null];
  const [lengthMm, widthMm, heightMm] = size;
  return { weightG, weightSource, lengthMm, widthMm, heightMm, sizeSource };
}
