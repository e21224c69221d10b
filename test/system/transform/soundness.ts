import { expect } from 'vitest';
import type { LoadableAnswer } from '../../../src/model/catalog.ts';
import type { Reject } from '../../../src/model/records.ts';

const anId = /^(0|[1-9]\d{0,18})$/;
const anAmount = /^(0|[1-9]\d{0,9})(\.\d{0,3}[1-9])?$/;
const anInstant = /^(19[7-9]\d|2[01]\d\d)-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** What the value under `key` of any record must look like when there is one; null: nothing is promised. */
function formOf(key: string): RegExp | null {
  if (key === 'sellerId' || key === 'specId') return null;
  if (key.endsWith('Id')) return anId;
  if (key.endsWith('Cny')) return anAmount;
  if (key.endsWith('At')) return anInstant;
  if (key.endsWith('Rate')) return /^(1|0(\.\d{0,3}[1-9])?)$/;
  if (key.endsWith('Score')) return /^(0|[1-9]\d?)(\.\d{0,3}[1-9])?$/;
  return key === 'url' || key.endsWith('Url') ? /^https:\/\/[a-z0-9.-]+\/\S+$/ : null;
}

/** Ends in a Postgres `integer`. */
const smallNumbers = ['level', 'minQuantity', 'minOrderQuantity', 'batchNumber', 'page', 'rank', 'position'];

/** As `expect(isHeld).toBe(true)`, which would take most of the time of properties that look at each value. */
function hold(isHeld: boolean, what: string): void {
  if (!isHeld) expect.fail(what);
}

function expectSoundValue(key: string, value: unknown): void {
  if (typeof value === 'string') {
    hold(value.isWellFormed() && !value.includes('\u0000'), `${key} is clean`);
    const form = formOf(key);
    if (form) hold(form.test(value), `${key} is like ${String(form)}, not ${value}`);
    if (form === anId) hold(BigInt(value) < 2n ** 63n, `${key} is a bigint of Postgres, not ${value}`);
  } else if (typeof value === 'number') {
    hold(Number.isSafeInteger(value) && value >= 0, `${key} is a count, not ${String(value)}`);
    if (smallNumbers.includes(key))
      hold(value < 2 ** 31, `${key} is an integer of Postgres, not ${String(value)}`);
  } else if (Array.isArray(value)) {
    for (const item of value) expectSoundValue(key, item);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) expectSoundValue(name, item);
  }
}

function countRejected(rejects: readonly Reject[], path: RegExp): number {
  return rejects.filter((reject) => path.test(reject.path)).length;
}

function expectDistinct(keys: readonly string[]): void {
  expect(new Set(keys).size).toBe(keys.length);
}

/** The length of `payload[key]`, 0 when that is no list: written apart from the code under test. */
function lengthAt(payload: unknown, ...keys: readonly string[]): number {
  const value = keys.reduce<unknown>((place, key) => {
    const isObject = typeof place === 'object' && place !== null && Object.hasOwn(place, key);
    return isObject ? (place as Record<string, unknown>)[key] : undefined;
  }, payload);
  return Array.isArray(value) ? value.length : 0;
}

/** Every row of the payload is in the record or among the rejects, and no key comes twice. */
function expectRowsAccounted(answer: LoadableAnswer, payload: unknown): void {
  const { rejects } = answer;
  if (answer.kind === 'search' && answer.record) {
    const { rows, rowsInAnswer } = answer.record;
    expect(rowsInAnswer).toBe(lengthAt(payload, 'data'));
    expect(rows.length + countRejected(rejects, /^data\[\d+\](\.offerId)?$/)).toBe(rowsInAnswer);
    expectDistinct(rows.map((row) => row.offerId));
  }
  if (answer.kind === 'detail' && answer.record?.kind === 'found') {
    const { offer, skus, attributes, prices } = answer.record.detail;
    expect(skus.length + countRejected(rejects, /^productSkuInfos\[\d+\](\.skuId)?$/)).toBe(
      lengthAt(payload, 'productSkuInfos'),
    );
    expect(attributes.length + countRejected(rejects, /^productAttribute\[\d+\]$/)).toBe(
      lengthAt(payload, 'productAttribute'),
    );
    expect(offer.imageUrls.length + countRejected(rejects, /^productImage\.images\[\d+\]$/)).toBe(
      lengthAt(payload, 'productImage', 'images'),
    );
    expectDistinct(skus.map((sku) => sku.skuId));
    expectDistinct(prices.map((price) => `${price.skuId} ${price.kind} ${price.minQuantity}`));
    for (const price of prices) expect(price.minQuantity).toBeGreaterThanOrEqual(1);
  }
  if (answer.kind === 'category' && answer.record) {
    const { node, children } = answer.record;
    const ids = children.map((child) => child.categoryId);
    expectDistinct(node ? [node.categoryId, ...ids] : ids);
  }
}

/** Everything that is promised of a normalized answer, whatever the payload was. */
export function expectSound(answer: LoadableAnswer, payload: unknown): void {
  const { record, rejects, drifts } = answer;
  expectSoundValue('answer', { record, rejects, drifts });
  expectRowsAccounted(answer, payload);
  expect(drifts.length).toBeLessThanOrEqual(50);
  for (const { sample } of [...rejects, ...drifts]) expect((sample ?? '').length).toBeLessThanOrEqual(200);
  if (record === null) expect(rejects.length).toBeGreaterThan(0);
}
