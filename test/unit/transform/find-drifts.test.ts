import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import { findDrifts } from '../../../src/transform/wire/find-drifts.ts';
import { wireList, wireObject } from '../../../src/transform/wire/wire-shape.ts';

const shape = wireObject(
  { total: 'number' },
  {
    data: wireList(wireObject({ id: 'number' }, { name: 'text', isOpen: 'flag', extra: 'anything' })),
  },
);

function driftsOf(payload: JsonValue): string[] {
  return findDrifts(payload, shape).map(({ path, kind, sample }) => `${path} ${kind} ${sample ?? '-'}`);
}

describe('findDrifts', () => {
  it('lets a field be null where it may, and misses it where it is not there', () => {
    const nullable = wireObject({}, {}, { price: 'text' });
    const found = [{ price: '1' }, { price: null }, { price: 1 }, {}].map((row) => findDrifts(row, nullable));
    expect(found.map(([drift]) => drift?.kind)).toEqual([undefined, undefined, 'retyped', 'missing']);
  });

  it('finds nothing in what is known, whichever way it is written', () => {
    const data = [
      { id: 1, name: 'a', isOpen: true, extra: [{ any: 1 }] },
      { id: '9007199254740993', name: null, isOpen: 'false' },
    ];
    expect(driftsOf({ total: '2.50', data })).toEqual([]);
    expect(driftsOf({ total: 0, data: null })).toEqual([]);
    expect(driftsOf(null)).toEqual([]);
  });

  it('names an unknown field once, with the first sample', () => {
    const data = [
      { id: 1, brandNew: 'x' },
      { id: 2, brandNew: 'y' },
    ];
    expect(driftsOf({ total: 2, data, hint: { a: 1, b: 2 } })).toEqual([
      'data[].brandNew unknown x',
      'hint unknown {a, b}',
    ]);
  });

  it('keeps of contact data that nobody asked for that it is there, and not what it says', () => {
    const data = [
      { id: 1, sellerPhone: '13812345678', supplierLoginId: 'abc', note: 'call 138 1234 5678 or a@b.cn' },
    ];
    expect(driftsOf({ total: '13812345678 x', data })).toEqual([
      'total retyped [phone] x',
      'data[].sellerPhone unknown -',
      'data[].supplierLoginId unknown -',
      'data[].note unknown call [phone] or [email]',
    ]);
  });

  it('names required fields that have no value', () => {
    expect(driftsOf({ data: [{ id: null }, {}] })).toEqual(['data[].id missing -', 'total missing -']);
  });

  it('names fields of another type', () => {
    const data = [{ id: 'x', name: 7, isOpen: 1 }, [1, 2]];
    expect(driftsOf({ total: true, data })).toEqual([
      'total retyped true',
      'data[].id retyped x',
      'data[].name retyped 7',
      'data[].isOpen retyped 1',
      'data[] retyped [2 items]',
    ]);
    expect(driftsOf([1])).toEqual(['$ retyped [1 items]']);
    expect(driftsOf({ total: 1, data: {} })).toEqual(['data retyped {}']);
  });

  it('does not take inherited names for known ones', () => {
    const payload = JSON.parse('{"total": 1, "__proto__": 1, "constructor": 2}') as JsonValue;
    expect(driftsOf(payload)).toEqual(['__proto__ unknown 1', 'constructor unknown 2']);
  });

  it('stops at fifty, so that ids for keys fill no table', () => {
    const entries = Array.from({ length: 500 }, (_, id) => [`id${id}`, 1] as const);
    expect(driftsOf({ total: 1, ...Object.fromEntries(entries) })).toHaveLength(50);
  });

  it('writes paths and samples that any table can store', () => {
    const [drift] = findDrifts(
      { total: 1, ['k\u0000\ud800'.repeat(200)]: 'v\u0000\udc00'.repeat(500) },
      shape,
    );
    expect(drift?.path.isWellFormed() && drift.sample?.isWellFormed()).toBe(true);
    expect(`${drift?.path ?? ''}${drift?.sample ?? ''}`).not.toContain('\u0000');
    expect(drift?.path.length).toBeLessThanOrEqual(100);
    expect(drift?.sample?.length).toBeLessThanOrEqual(200);
  });
});
