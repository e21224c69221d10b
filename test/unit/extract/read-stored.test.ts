import { describe, expect, it } from 'vitest';
import { readStored } from '../../../src/extract/read-stored.ts';
import type { StoredAnswer } from '../../../src/model/ledger.ts';
import { detail, roots } from '../../support/gateway-inputs.ts';

function stored(body: string, request: StoredAnswer['request'] = detail): StoredAnswer {
  const observedAt = new Date('2026-10-10T08:00:00Z');
  const ids = { rawId: '3', callId: '2', runId: null, windowId: null };
  return { ...ids, request, observedAt, httpStatus: 200, body: Buffer.from(body) };
}

describe('readStored', () => {
  it('gives what is inside the envelope of its operation', () => {
    expect(readStored(stored('{"result":{"success":true,"result":{"offerId":9007199254740993}}}'))).toEqual({
      offerId: '9007199254740993',
    });
    expect(readStored(stored('{"categoryInfo":[]}', roots))).toEqual({ categoryInfo: [] });
    expect(readStored(stored('{"result":{"success":true}}'))).toBeNull();
  });

  it.each(['{"result":', '{"error_code":"gw.X"}', '"text"'])('leaves %s out, and names its row', (body) => {
    expect(() => readStored(stored(body))).toThrow(
      expect.objectContaining({
        code: 'STORED_ANSWER_UNREADABLE',
        recovery: 'skip',
        facts: { rawId: '3', callId: '2', operation: 'offer.detail' },
      }),
    );
  });
});
