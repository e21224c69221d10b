import type { Draw, NonEmpty } from '../world/draw.ts';
import type { FieldRule, Plain } from './map-fields.ts';

/** Other ways in which 1688 writes the same value; the first one is how it came. */
type Forms = (value: Plain) => NonEmpty<Plain>;

function moneyForms(value: Plain): NonEmpty<Plain> {
  if (typeof value !== 'string' || value === '') return [value];
  const yuan = Number(value);
  return [value, yuan, yuan.toFixed(2), String(yuan)];
}

/** Only shares that can't be mistaken: a bare 1 could be one percent or the whole. */
function shareForms(value: Plain): NonEmpty<Plain> {
  if (typeof value !== 'string' || value === '') return [value];
  const hundredths = Math.round(
    value.endsWith('%') ? Number(value.slice(0, -1)) * 100 : Number(value) * 10_000,
  );
  const forms: NonEmpty<Plain> = [
    value,
    `${(hundredths / 100).toFixed(2)}%`,
    (hundredths / 10_000).toFixed(4),
  ];
  return hundredths > 100 && hundredths < 10_000 ? [...forms, (hundredths / 100).toFixed(2)] : forms;
}

function flagForms(value: Plain): NonEmpty<Plain> {
  return [value, String(value), value === true || value === 'true'];
}

function idForms(value: Plain): NonEmpty<Plain> {
  return typeof value === 'number' ? [value, String(value)] : [value];
}

function dateForms(value: Plain): NonEmpty<Plain> {
  if (typeof value !== 'string') return [value];
  const iso = value.length === 10 ? `${value}T00:00:00` : value.replace(' ', 'T');
  const at = Date.parse(`${iso}+08:00`);
  const compact = iso.replaceAll(/\D/g, '');
  const forms: NonEmpty<Plain> = [value, `${compact}000+0800`, `${compact}+0800`, at, String(at)];
  return compact.endsWith('000000') ? [...forms, iso.slice(0, 10)] : forms;
}

function urlForms(value: Plain): NonEmpty<Plain> {
  if (typeof value !== 'string') return [value];
  const rest = value.replace(/^(https?:)?\/\//, '');
  const forms: NonEmpty<Plain> = [value, `https://${rest}`, `http://${rest}`, `//${rest}`];
  const ownHost = 'cbu01.alicdn.com/';
  return rest.startsWith(ownHost) ? [...forms, rest.slice(ownHost.length)] : forms;
}

function traceForms(value: Plain): NonEmpty<Plain> {
  return [value, encodeURIComponent(String(value))];
}

const formsByKey: readonly (readonly [RegExp, Forms])[] = [
  [
    /^(price|promotionPrice|consignPrice|jxhyPrice|pfJxhyPrice|retailPrice|onePiecePrice|offerPrice)$/,
    moneyForms,
  ],
  [/^repurchaseRate$|Percent$|Rate\d+d$/, shareForms],
  [/^(is[A-Z]\w*|onePsale|generalHunpi|hasPromotion|leaf)$/, flagForms],
  [/^(id|offerId|skuId|attributeId|\w*[cC]ategoryI[dD]|parentIDs)$/, idForms],
  [/^(createDate|modifyDate)$/, dateForms],
  [/^(imageUrl|whiteImage|images|skuImageUrl)$/, urlForms],
  [/^traceInfo$/, traceForms],
];

/** Rewrites what a field means as another text or type; which one is drawn value by value. */
export function mixForms(draw: Draw): FieldRule {
  return (key, value, nth) => {
    if (value === null) return value;
    const forms = formsByKey.find(([known]) => known.test(key))?.[1](value) ?? [value];
    return draw.pick('form', forms, nth);
  };
}
