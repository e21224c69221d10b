import { describe, expect, test } from 'vitest';
import { describeField, hasType, hasValue } from '../../support/describe-field.ts';

describe('a field', () => {
  const answer = { status: 200, body: { a: [{ id: 1 }, { id: '2' }, {}], b: null } };

  test('of a list is everything that its rows have', () => {
    expect(describeField(answer, hasType('a[].id', 'number'))).toEqual(['absent', 'number', 'text']);
  });

  test('says what stands there, or that nothing does', () => {
    expect(describeField(answer, hasType('b', 'null'))).toEqual(['null']);
    expect(describeField(answer, hasType('b.c', 'text'))).toEqual(['absent']);
    expect(describeField(answer, hasType('', 'object'))).toEqual(['object']);
    expect(describeField(answer, hasValue('#status', '200'))).toEqual(['200']);
  });
});
