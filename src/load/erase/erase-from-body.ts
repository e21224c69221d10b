import { LosslessNumber, parse, stringify } from 'lossless-json';

/** What identifies an erased seller's rows in answers. */
export interface SellerMarks {
  /** 1688's `sellerOpenId`. */
  readonly sellerIds: readonly string[];
  /** Company names. */
  readonly names: readonly string[];
  readonly offerIds: ReadonlySet<string>;
}

/** `erased`: rows were replaced by their offer's id. `hopeless`: the seller's part of it cannot be determined. */
export type ErasedBody =
  | { readonly kind: 'untouched' }
  | { readonly kind: 'erased'; readonly text: string }
  | { readonly kind: 'hopeless' };

/** A text in JSON, plain and with everything escaped that is not ASCII. */
function formsOf(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const escaped = plain.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return [
    text,
    plain,
    escaped,
    escaped.replaceAll(/\\u[0-9a-f]{4}/g, (code) => `\\u${code.slice(2).toUpperCase()}`),
  ];
}

/** A shorter name would occur in half of all answers, as a part of words. Company names are at least twice as long. */
const minNameLength = 4;

/** True when a text names the seller; its offers do not count. */
export function namesSeller(text: string, { sellerIds, names }: SellerMarks): boolean {
  const namesToErase = names.filter((name) => name.length >= minNameLength);
  return [...sellerIds, ...namesToErase].flatMap(formsOf).some((form) => text.includes(form));
}

function namesOffer(text: string, { offerIds }: SellerMarks): boolean {
  if (offerIds.size === 0) return false;
  for (const [digits] of text.matchAll(/\d+/g)) if (offerIds.has(digits)) return true;
  return false;
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber)
  );
}

function textOf(value: unknown): string {
  if (value instanceof LosslessNumber) return value.value;
  return typeof value === 'string' ? value : '';
}

class Eraser {
  count = 0;
  readonly #marks: SellerMarks;

  constructor(marks: SellerMarks) {
    this.#marks = marks;
  }

  visit(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#visitItem(item));
    if (!isFields(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, this.visit(field)]));
  }

  #visitItem(item: unknown): unknown {
    if (!isFields(item) || !this.#isSellers(item)) return this.visit(item);
    const stub = item['offerId'] === undefined ? {} : { offerId: item['offerId'] };
    if (Object.keys(item).length > Object.keys(stub).length) this.count += 1;
    return stub;
  }

  #isSellers(row: Fields): boolean {
    const { sellerIds, names, offerIds } = this.#marks;
    return (
      offerIds.has(textOf(row['offerId'])) ||
      sellerIds.includes(textOf(row['sellerOpenId'])) ||
      names.includes(textOf(row['companyName']))
    );
  }
}

/**
 * Removes a seller's rows from the lists of an answer. Each is replaced by the id of its offer, so that the others keep their positions.
 * Numbers keep their digits.
 */
export function eraseFromBody(text: string, marks: SellerMarks): ErasedBody {
  const isNamed = namesSeller(text, marks);
  if (!isNamed && !namesOffer(text, marks)) return { kind: 'untouched' };
  const eraser = new Eraser(marks);
  let erased: string | undefined;
  try {
    erased = stringify(eraser.visit(parse(text)));
  } catch {
    return { kind: 'hopeless' };
  }
  if (erased === undefined || namesSeller(erased, marks)) return { kind: 'hopeless' };
  return eraser.count === 0 && !isNamed ? { kind: 'untouched' } : { kind: 'erased', text: erased };
}
