import { describe, expect, it } from 'vitest';
import {
  countAt,
  describeField,
  hasType,
  hasValue,
  type FieldType,
} from '../../../../src/health/contract/describe-field.ts';

const at = (body: unknown, path: string, ...allowed: FieldType[]) =>
  describeField({ status: 200, body }, hasType(path, ...allowed));

describe('what stands at a place', () => {
  it.each([
    ['a', 'text'],
    ['', 'text'],
    [1, 'number'],
    [false, 'flag'],
    [null, 'null'],
    [undefined, 'absent'],
    [{}, 'object'],
    [[], 'list'],
  ])('%j is of type %s', (value, type) => {
    expect(at({ value }, 'value')).toEqual([type]);
  });

  it.each([
    ['in a list that is entered by a key', [{ id: 1 }], 'id', ['absent']],
    ['in an object that is entered as a list', { a: { id: 1 } }, 'a[].id', ['absent']],
    ['in a text', { a: 'b' }, 'a.length', ['absent']],
    ['in null', { a: null }, 'a.b', ['absent']],
    ['in a list without rows', { a: [] }, 'a[].id', []],
    ['in a list of lists', { a: [[1], ['b', 2]] }, 'a[][]', ['number', 'text']],
    ['in the body, which is a list', [1, null], '[]', ['null', 'number']],
    ['in no JSON', undefined, 'a', ['not JSON']],
  ])('%s', (_, body, path, types) => {
    expect(at(body, path)).toEqual(types);
  });

  it('is counted where it is not absent', () => {
    const answer = { status: 200, body: { a: [{ id: null }, {}, { id: 1 }], b: 1 } };
    expect(countAt(answer, hasType('a[].id'))).toBe(2);
    expect(countAt(answer, hasType('b'))).toBe(1);
    expect(countAt(answer, hasType('c'))).toBe(0);
    expect(countAt({ status: 500, body: undefined }, hasValue('#status'))).toBe(1);
  });

  it('is the status itself', () => {
    expect(describeField({ status: 503, body: undefined }, hasValue('#status', '200'))).toEqual(['503']);
  });

  it.each([
    ['gw.A', 'text'],
    [`gw.A${'b'.repeat(40)}`, null],
    [`gw.A${'b'.repeat(41)}`, 'text'],
    ['gw.aB', 'text'],
    ['1234', null],
    ['12345', 'text'],
    ['500_1234', null],
    ['AB12', 'text'],
    [401, 'number'],
  ])('that should be a code, %j, is shown or only its type: %s', (value, type) => {
    expect(describeField({ status: 400, body: { code: value } }, hasValue('code'))).toEqual([
      type === null ? value : `${type}, but no code of the gateway`,
    ]);
  });
});

it('a place has what may be there', () => {
  expect(hasType('a', 'text', 'null')).toEqual({ path: 'a', checks: 'type', allowed: ['text', 'null'] });
  expect(hasValue('a', '1')).toEqual({ path: 'a', checks: 'value', allowed: ['1'] });
});
