import { expect, test } from 'vitest';
import { payload } from '../../../src/schema/raw.ts';

test('ids are bigint in SQL, and bytes bytea', () => {
  expect([payload.rawId, payload.callId, payload.body].map((column) => column.getSQLType())).toEqual([
    'bigint',
    'bigint',
    'bytea',
  ]);
});
