import { describe, expect, test } from 'vitest';
import { countAt, describeField, hasType, hasValue } from '../../../../src/health/contract/describe-field.ts';

describe('a field', () => {
  const answer = { status: 200, body: { a: [{ id: 1 }, { id: '2' }, {}], b: null } };

  test('of a list is everything that its rows have', () => {
    expect(describeField(answer, hasType('a[].id', 'number'))).toEqual(['absent', 'number', 'text']);
    expect(countAt(answer, hasType('a[].id', 'number'))).toBe(2);
  });

  test('says what stands there, or that nothing does', () => {
    expect(describeField(answer, hasType('b', 'null'))).toEqual(['null']);
    expect(describeField(answer, hasType('b.c', 'text'))).toEqual(['absent']);
    expect(describeField(answer, hasType('', 'object'))).toEqual(['object']);
    expect(describeField(answer, hasValue('#status', '200'))).toEqual(['200']);
  });
});

describe('a code', () => {
  test.each(['gw.SignatureInvalid', '401', '500_1', 'S0000'])('%s is shown', (code) => {
    expect(describeField({ status: 400, body: { error_code: code } }, hasValue('error_code'))).toEqual([
      code,
    ]);
  });

  test.each(['87654321', 'zq-access-token', 'BBBR4zKk5sJ2', '王芳的店铺', 'gw.some text'])(
    'is not what could be a key, a token or a name: %s',
    (text) => {
      const body = { error_code: text };
      expect(describeField({ status: 400, body }, hasValue('error_code'))).toEqual([
        'text, but no code of the gateway',
      ]);
    },
  );
});
