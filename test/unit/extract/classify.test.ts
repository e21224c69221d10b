import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endpoints } from '../../../src/extract/endpoints/endpoints.ts';
import type { extractErrors } from '../../../src/extract/errors.ts';
import { classify, type Outcome } from '../../../src/extract/gateway/classify.ts';
import { readEnvelope } from '../../../src/extract/gateway/envelope.ts';
import { gatewayError } from '../../support/gateway-inputs.ts';

type Code = keyof typeof extractErrors;

function outcomeOf(body: unknown, status = 200, operation: keyof typeof endpoints = 'offer.detail'): Outcome {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return classify({ status, body: bytes }, endpoints[operation].expects);
}

function codeOf(...args: Parameters<typeof outcomeOf>): string {
  const outcome = outcomeOf(...args);
  return outcome.kind === 'success' ? 'success' : outcome.error.code;
}

/** Code, text, status as documented or measured, and what it must come to. */
const gatewayRows: readonly (readonly [
  code: string,
  text: string,
  status: number,
  Code,
  recovery: string,
])[] = [
  ['gw.SignatureInvalid', 'Invalid signature', 400, 'GATEWAY_SIGNATURE_REFUSED', 'halt'],
  ['gw.SignatureMissing', '', 400, 'GATEWAY_SIGNATURE_REFUSED', 'halt'],
  ['gw.AppKeyMissing', '', 400, 'GATEWAY_APP_KEY_UNKNOWN', 'halt'],
  ['gw.AppKeyNotFound', '', 400, 'GATEWAY_APP_KEY_UNKNOWN', 'halt'],
  ['401', 'Request need user authorized', 401, 'GATEWAY_TOKEN_INVALID', 'halt'],
  ['401', 'Request need user authenticated', 401, 'GATEWAY_TOKEN_INVALID', 'halt'],
  ['gw.APIACLDecline', 'AppKey is not allowed(acl)', 400, 'GATEWAY_NO_GRANT', 'stop-api'],
  ['gw.APIUnsupported', 'Unsupport API', 400, 'GATEWAY_API_UNKNOWN', 'stop-api'],
  ['gw.ParamMissing', 'Required argument offerId', 400, 'GATEWAY_PARAM_MISSING', 'fail'],
  ['gw.ParamMissing', 'Required argument {0} : expect [type: {1}]', 400, 'GATEWAY_PARAM_MISSING', 'fail'],
  ['gw.QosAppFrequencyLimit', 'App call exceeds limited frequency', 400, 'GATEWAY_TOO_FAST_APP', 'throttle'],
  ['gw.QosAPIFrequencyLimit', '', 400, 'GATEWAY_TOO_FAST_API', 'throttle'],
  ['gw.QosRequestLimit', '', 400, 'GATEWAY_TOO_FAST_APP', 'throttle'],
  ['gw.NoUsageLeftError', 'SLA bill has no usage left', 400, 'GATEWAY_PACKAGE_USED_UP', 'stop-api'],
  ['gw.TimestampInvalid', '', 400, 'GATEWAY_TIMESTAMP_REFUSED', 'halt'],
  ['gw.NeverSeen', 'something new', 400, 'GATEWAY_REFUSED', 'fail'],
];

const oldTextRows: readonly (readonly [text: string, Code, recovery: string])[] = [
  ['Invoke connect error', 'GATEWAY_UNAVAILABLE', 'retry'],
  ['Invoke time out', 'GATEWAY_UNAVAILABLE', 'retry'],
  ['Invoke target error', 'GATEWAY_UNAVAILABLE', 'retry'],
  ['API definition error', 'GATEWAY_API_UNKNOWN', 'stop-api'],
  ['Exceed the app call time limit', 'GATEWAY_TOO_FAST_APP', 'throttle'],
  ['Illegal argument type', 'GATEWAY_PARAM_REFUSED', 'fail'],
  ['User authorization is required', 'GATEWAY_TOKEN_INVALID', 'halt'],
];

describe('gateway refusals', () => {
  it.each(gatewayRows)('%s "%s" is known with HTTP %i and with 200', (...row) => {
    const [code, text, status, expected, recovery] = row;
    for (const httpStatus of [status, 200]) {
      expect(outcomeOf(gatewayError(code, text), httpStatus)).toMatchObject({
        kind: 'refused',
        error: { code: expected, recovery },
        gatewayCode: code,
        outcome: 'gateway_error',
      });
    }
  });

  it.each(gatewayRows)('%s "%s" is known in the other spelling', (code, text, status, expected) => {
    expect(codeOf({ errorCode: code, errorMsg: '' }, 200)).toBe(expected);
    expect(codeOf({ errorCode: code, errorMsg: text }, status)).toBe(expected);
    expect(codeOf({ errorCode: code, errorMessage: text, request_id: 'x', eagleTraceId: 'y' }, status)).toBe(
      expected,
    );
  });

  it.each(oldTextRows)('the old text "%s" is known, as message and as code', (text, expected, recovery) => {
    expect(outcomeOf({ error_code: 'x.y', error_message: text }, 400)).toMatchObject({
      error: { code: expected, recovery },
    });
    expect(codeOf({ error_code: text }, 400)).toBe(expected);
    expect(codeOf({ exception: text }, 200)).toBe(expected);
  });

  it('a code that is a sentence is never shown', () => {
    expect(outcomeOf({ error_code: 'token abc is invalid' }, 400)).toMatchObject({ gatewayCode: null });
  });

  it('a code named like a property of every object is unknown, not found by accident', () => {
    expect(codeOf(gatewayError('constructor'), 400)).toBe('GATEWAY_REFUSED');
  });

  it('a refusal in GBK is still read', () => {
    const body = Buffer.concat([
      Buffer.from('{"error_code":"gw.APIACLDecline","error_message":"'),
      Buffer.from([0xce, 0xde, 0xc8, 0xa8]),
      Buffer.from('"}'),
    ]);
    expect(codeOf(body, 400)).toBe('GATEWAY_NO_GRANT');
  });
});

describe('business refusals', () => {
  const rows: readonly (readonly [name: string, body: unknown, Code, gatewayCode: string | null])[] = [
    [
      'nested false',
      { result: { success: false, code: '400', message: 'x' } },
      'GATEWAY_BUSINESS_REFUSED',
      '400',
    ],
    ['nested "false"', { result: { success: 'false', code: 'X' } }, 'GATEWAY_BUSINESS_REFUSED', 'X'],
    [
      '500_1 nested',
      { result: { success: false, code: '500_1', message: '系统' } },
      'GATEWAY_TRY_LATER',
      '500_1',
    ],
    ['500_1 flat', { success: false, code: '500_1' }, 'GATEWAY_TRY_LATER', '500_1'],
    [
      '500_2',
      { succes: 'false', errorCode: '500_2', errorMsg: '数据准备中，请稍后重试。' },
      'GATEWAY_TRY_LATER',
      '500_2',
    ],
    ['500_2 without a flag', { errorCode: '500_2', errorMsg: '' }, 'GATEWAY_TRY_LATER', '500_2'],
    ['500_2 by its text', { success: false, message: '数据准备中，请稍后重试。' }, 'GATEWAY_TRY_LATER', null],
    [
      'SYSTEM_ERROR',
      { success: false, code: 'SYSTEM_ERROR', message: 'handle image error with url http://x', result: null },
      'GATEWAY_BUSINESS_REFUSED',
      'SYSTEM_ERROR',
    ],
    [
      'a foreign offer',
      { success: false, message: '没有该商品的查询权限' },
      'GATEWAY_BUSINESS_REFUSED',
      null,
    ],
    ['SP0056', { result: { success: false, code: 'SP0056' } }, 'GATEWAY_BUSINESS_REFUSED', 'SP0056'],
    [
      '500 of trade',
      { success: false, code: '500', message: '不是自己的订单' },
      'GATEWAY_BUSINESS_REFUSED',
      '500',
    ],
    ['a code and a message', { code: 1, message: 'no' }, 'GATEWAY_BUSINESS_REFUSED', '1'],
    [
      'error code 0 beside a bad code',
      { errorCode: '0', code: '500_1', result: {} },
      'GATEWAY_TRY_LATER',
      '500_1',
    ],
    [
      'error code 0 beside the text of an error',
      { errorCode: '0', errorMsg: '没有该商品的查询权限', result: {} },
      'GATEWAY_BUSINESS_REFUSED',
      '0',
    ],
    ['retCode', { retCode: 'FAIL', retMsg: 'no', model: [] }, 'GATEWAY_BUSINESS_REFUSED', 'FAIL'],
    ['a business 401 is no dead token', { success: false, code: '401' }, 'GATEWAY_BUSINESS_REFUSED', '401'],
  ];
  it.each(rows)('%s', (_name, body, expected, gatewayCode) => {
    expect(outcomeOf(body)).toMatchObject({
      error: { code: expected },
      gatewayCode,
      outcome: 'business_error',
    });
  });

  it('a gateway code inside a business envelope keeps its meaning', () => {
    expect(codeOf({ result: { success: false, code: 'gw.NoUsageLeftError' } })).toBe(
      'GATEWAY_PACKAGE_USED_UP',
    );
  });
});

describe('payloads', () => {
  const offer = { offerId: 1 };
  it.each([
    ['nested', { result: { success: true, code: '200', message: 'ok', result: offer } }],
    ['nested with text flag', { result: { success: 'true', code: 'S0000', result: offer } }],
    ['nested without a flag', { result: { code: '0', result: offer } }],
    ['nested with an error code of none', { result: { errorCode: 0, errorMsg: null, result: offer } }],
    ['flat', { success: true, code: '0', result: offer }],
    ['flat with an error code of none', { errorCode: '0', errorMsg: '', result: offer }],
    ['flat with text flag', { success: 'true', code: '', message: '', result: offer }],
  ])('%s gives what is inside', (_name, body) => {
    expect(outcomeOf(body)).toEqual({ kind: 'success', payload: offer });
  });

  it.each([
    ['null', { result: { success: true, code: '200', message: '成功', result: null } }],
    ['absent', { result: { success: true, code: '200' } }],
    ['null, flat', { success: true, result: null }],
    ['absent, flat', { success: true, code: 'SUCCESS' }],
  ])('an inner result that is %s is a good answer with nothing in it', (_name, body) => {
    expect(outcomeOf(body)).toEqual({ kind: 'success', payload: null });
  });

  it.each([
    [{ result: { success: true, code: '500_2', message: '数据准备中', result: null } }, 'GATEWAY_TRY_LATER'],
    [{ result: { success: 'true', code: 'SYSTEM_ERROR' } }, 'GATEWAY_BUSINESS_REFUSED'],
    [{ success: true, code: '500', message: '系统繁忙', result: null }, 'GATEWAY_BUSINESS_REFUSED'],
    [{ success: true, errorCode: '0', code: '500_2', result: null }, 'GATEWAY_TRY_LATER'],
  ])(
    '%j has nothing in it, and a code of no good answer: it is refused, and no offer is gone',
    (body, code) => {
      expect(codeOf(body)).toBe(code);
    },
  );

  it.each([
    ['misspelt flag', { categoryInfo: [], succes: 'true', errorCode: null, errorMsg: null }],
    ['flag', { categoryInfo: [], success: true }],
    ['no flag', { categoryInfo: [] }],
    ['an error code of none, and no flag', { categoryInfo: [], errorCode: '0', errorMsg: '' }],
  ])('a category answer with %s is its own payload', (_name, body) => {
    expect(outcomeOf(body, 200, 'category.children')).toEqual({ kind: 'success', payload: body });
  });

  it.each([
    [{ result: { success: true, result: offer } }, 'nested', offer],
    [{ success: true, result: offer }, 'flat', offer],
    [{ categoryInfo: [] }, 'whole', { categoryInfo: [] }],
    ['20261010164552223+0800', 'bare', '20261010164552223+0800'],
  ])('%j is %s', (body, shape, payload) => {
    expect(readEnvelope(body)).toEqual({ kind: 'payload', shape, payload });
  });

  it('a bare time is its own payload', () => {
    expect(outcomeOf('"20261010164552223+0800"', 200, 'system.time')).toEqual({
      kind: 'success',
      payload: '20261010164552223+0800',
    });
  });

  it('integers beyond 2^53 arrive digit by digit', () => {
    const body = '{"result":{"success":true,"result":{"orderId":9007199254740993,"offerId":620201390233}}}';
    expect(outcomeOf(body)).toEqual({
      kind: 'success',
      payload: { orderId: '9007199254740993', offerId: 620201390233 },
    });
  });

  it('a byte order mark does not matter', () => {
    expect(codeOf(`\ufeff${JSON.stringify({ success: true, result: offer })}`)).toBe('success');
  });
});

describe('answers that are none', () => {
  it.each([
    ['nothing', ''],
    ['html', '<html><body>Welcome</body></html>'],
    ['a cut-off document', '{"result":{"success":true,"result":{"offerId":1'],
    ['two documents', '{}{}'],
    ['a payload of another API', '"20261010164552223+0800"'],
    ['JSON of another server', '{"status":"ok"}'],
    ['a result that nobody vouches for', '{"result":{"offerId":1}}'],
    ['a list', '[]'],
    ['GBK text', Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc9, 0xcc, 0xc6, 0xb7, 0x22, 0x7d])],
    [
      'a good answer in GBK',
      Buffer.concat([
        Buffer.from('{"success":true,"result":{"a":"'),
        Buffer.from([0xc9, 0xcc]),
        Buffer.from('"}}'),
      ]),
    ],
    ['a hundred thousand open brackets', '['.repeat(100_000)],
  ])('%s is unreadable, and tried again', (_name, body) => {
    expect(outcomeOf(body)).toMatchObject({
      error: { code: 'GATEWAY_ANSWER_UNREADABLE', recovery: 'retry' },
      outcome: 'invalid_answer',
      gatewayCode: null,
    });
  });

  it.each([
    ['an empty object', {}],
    ['a null result without a verdict', { result: null }],
    ['a nested code without a flag', { result: { code: '200', result: null } }],
    ['a code without a flag', { code: '0', message: 'ok' }],
    ['an error code of none without a flag', { errorCode: '0', errorMsg: '', result: null }],
    ['a message alone', { message: 'ok' }],
  ])('%s never says that an offer is gone', (_name, body) => {
    expect(codeOf(body)).toBe('GATEWAY_ANSWER_UNREADABLE');
  });

  it('a category answer without its list, or a time that is none, is unreadable', () => {
    expect(codeOf({ succes: 'true' }, 200, 'category.children')).toBe('GATEWAY_ANSWER_UNREADABLE');
    expect(codeOf('"yesterday"', 200, 'system.time')).toBe('GATEWAY_ANSWER_UNREADABLE');
  });
});

describe('the status', () => {
  it.each([
    [299, '{"success":true,"result":{}}', 'success'],
    [300, '{"success":true,"result":{}}', 'GATEWAY_REDIRECT'],
    [301, '<html>', 'GATEWAY_REDIRECT'],
    [302, '', 'GATEWAY_REDIRECT'],
    [400, '{"hello":1}', 'GATEWAY_REFUSED'],
    [401, '{}', 'GATEWAY_TOKEN_INVALID'],
    [401, '<html>proxy</html>', 'GATEWAY_ANSWER_UNREADABLE'],
    [403, '{"success":false}', 'GATEWAY_NO_GRANT'],
    [403, '<html>blocked</html>', 'GATEWAY_ANSWER_UNREADABLE'],
    [404, '{}', 'GATEWAY_REFUSED'],
    [408, '', 'GATEWAY_TIMEOUT'],
    [429, 'slow down', 'GATEWAY_TOO_FAST_APP'],
    [500, '', 'GATEWAY_UNAVAILABLE'],
    [502, '<html>bad gateway</html>', 'GATEWAY_UNAVAILABLE'],
    [503, '{"success":true,"result":{}}', 'GATEWAY_UNAVAILABLE'],
    [500, '{"error_code":"gw.NeverSeen"}', 'GATEWAY_UNAVAILABLE'],
    [500, '{"result":{"success":false,"code":"NEW"}}', 'GATEWAY_UNAVAILABLE'],
    [400, '{"result":{"success":false,"code":"NEW"}}', 'GATEWAY_BUSINESS_REFUSED'],
    [500, '{"error_code":"gw.APIACLDecline"}', 'GATEWAY_NO_GRANT'],
  ])('%i with %s decides only where the body says nothing', (status, body, expected) => {
    expect(codeOf(body, status)).toBe(expected);
  });
});

describe('totality', () => {
  it('any bytes under any status give an outcome', () => {
    const body = fc.oneof(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(body, fc.integer({ min: 100, max: 599 }), (bytes, status) => {
        const outcome = classify({ status, body: bytes }, endpoints['offer.detail'].expects);
        expect(['success', 'refused']).toContain(outcome.kind);
      }),
    );
  });

  it('nothing but an explicit success says that an offer is gone', () => {
    const keys = fc.constantFrom('success', 'succes', 'result', 'code', 'message', 'errorCode', 'other');
    const leaf = fc.constantFrom(true, 'true', false, 'x', '', '0', '200', 0, null);
    const inner = fc.dictionary(keys, leaf);
    fc.assert(
      fc.property(fc.dictionary(keys, fc.oneof(leaf, inner)), (body) => {
        const outcome = outcomeOf(body);
        if (outcome.kind !== 'success' || outcome.payload !== null) return;
        expect(JSON.stringify(body)).toMatch(/"succes{1,2}":"?true/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('no prefix of a good answer passes for one', () => {
    const whole = Buffer.from(JSON.stringify({ result: { success: true, result: { subject: '连衣裙👗' } } }));
    for (let length = 0; length < whole.length; length++) {
      expect(codeOf(whole.subarray(0, length))).toBe('GATEWAY_ANSWER_UNREADABLE');
    }
  });

  it('no outcome repeats a text of the answer', () => {
    const secret = 'a0b1c2d3-secret';
    fc.assert(
      fc.property(fc.constantFrom('error_message', 'exception', 'message', 'errorMsg'), (key) => {
        const outcome = outcomeOf({ error_code: 'gw.X', [key]: `param ${secret}` }, 400);
        expect(JSON.stringify(outcome)).not.toContain(secret);
      }),
    );
  });
});
