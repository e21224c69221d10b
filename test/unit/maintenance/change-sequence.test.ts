import { expect, it } from 'vitest';
import { formatSequence, parseSequence } from '../../../src/maintenance/export/change-sequence.ts';
import { deletedKey } from '../../../src/maintenance/export/changed-facts.ts';

it.each([
  ['start', null],
  ['3f2a90b1c4d5-815023', { epoch: '3f2a90b1c4d5', xid: '815023' }],
  ['000000000000-1', { epoch: '000000000000', xid: '1' }],
])('%s is written and read', (text, sequence) => {
  expect(parseSequence(text)).toEqual(sequence);
  expect(formatSequence(sequence)).toBe(text);
});

it.each([
  '',
  'Start',
  'start ',
  '815023',
  '3f2a90b1c4d-1',
  '3F2A90B1C4D5-1',
  '3f2a90b1c4d5-0',
  '3f2a90b1c4d5-',
])('"%s" is no sequence', (text) => {
  expect(parseSequence(text)).toBeUndefined();
});

it('a deleted row names its seller by a hash', () => {
  expect(deletedKey(['seller_id', 'valid_from', 'call_id'])).toEqual([
    'seller_hash',
    'valid_from',
    'call_id',
  ]);
  expect(deletedKey(['offer_id'])).toEqual(['offer_id']);
});
