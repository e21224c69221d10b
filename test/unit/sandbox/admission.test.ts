import { describe, expect, test } from 'vitest';
import type { SandboxOptions } from '../../../src/sandbox/options.ts';
import {
  categoryApi,
  detailApi,
  millisApi,
  openGateway,
  searchApi,
  startAt,
  timeApi,
  type Call,
} from './gateway-calls.ts';

const category: Call = { api: categoryApi, params: { categoryID: '0' } };
const page = JSON.stringify({ keyword: '', categoryId: 10100, beginPage: 1, pageSize: 5, country: 'en' });
const search: Call = { api: searchApi, params: { offerQueryParam: page } };
const stamped = (ms: number): Call => ({
  ...category,
  params: { categoryID: '0', _aop_timestamp: String(startAt.getTime() + ms) },
});

describe('a call is let through or refused', () => {
  type Case = [name: string, call: Call, outcome: string, options?: SandboxOptions];
  const cases: readonly Case[] = [
    ['with everything', search, 'ok'],
    ['with no app key', { ...search, appKey: '' }, 'gw.AppKeyMissing'],
    ['with the key of another app', { ...search, appKey: '1000001' }, 'gw.AppKeyNotFound'],
    ['without a signature', { ...search, signature: null }, 'gw.SignatureMissing'],
    ['with an empty signature', { ...search, signature: '' }, 'gw.SignatureMissing'],
    ['with a signature of another length', { ...search, signature: 'A' }, 'gw.SignatureInvalid'],
    ['with another signature', { ...search, signature: 'A'.repeat(40) }, 'gw.SignatureInvalid'],
    ['without a token', { ...search, token: null }, '401'],
    ['with an empty token', { ...search, token: '' }, '401'],
    ['with another token', { ...search, token: 'x' }, '401'],
    ['of the tree without a token', { ...category, token: null }, 'ok'],
    ['of the tree without a signature', { ...category, signature: null }, 'gw.SignatureMissing'],
    ['of another protocol', { ...category, protocol: 'json2' }, 'gw.APIUnsupported'],
    ['of an API that nobody knows', { api: 'system:currentTimes:1' }, 'gw.APIUnsupported'],
    ['of the time without a signature', { api: timeApi, signature: null }, 'gw.SignatureMissing'],
    ['of the time in milliseconds without one', { api: millisApi, signature: null }, 'ok'],
    [
      'of the time in milliseconds with a wrong one',
      { api: millisApi, signature: 'A' },
      'gw.SignatureInvalid',
    ],
    [
      'of the time with a wrong one, by option',
      { api: timeApi, signature: 'A' },
      'ok',
      { checksSystemSignature: false },
    ],
    [
      'of milliseconds with a wrong one, by option',
      { api: millisApi, signature: 'A' },
      'ok',
      { checksSystemSignature: false },
    ],
    [
      'of the tree with a wrong one, by option',
      { ...category, signature: 'A' },
      'gw.SignatureInvalid',
      { checksSystemSignature: false },
    ],
    ['without a grant', category, 'gw.APIACLDecline', { declinedApis: [categoryApi] }],
    ['with the grant of another API declined', category, 'ok', { declinedApis: [searchApi] }],
    ['stamped whenever', stamped(-1e12), 'ok'],
    ['stamped late', stamped(1001), 'gw.TimestampInvalid', { maxSkewMs: 1000 }],
    ['stamped early', stamped(-1001), 'gw.TimestampInvalid', { maxSkewMs: 1000 }],
    ['stamped just in time', stamped(1000), 'ok', { maxSkewMs: 1000 }],
    ['not stamped', category, 'ok', { maxSkewMs: 1000 }],
  ];

  test.each(cases.map((each): [Case[0], Case] => [each[0], each]))(
    '%s',
    (_name, [, call, outcome, options]) => expect(openGateway(options).outcomeOf(call)).toBe(outcome),
  );

  test('by what its path says, where it ends early, too', () => {
    const gateway = openGateway();
    const paths = ['', 'param2', 'param2/1', 'param2/1/a', 'param2/1/a/b', 'param2/1/a/b/1000000'];
    const outcomes = paths.map((path) => gateway.sendTo(path).answer.outcome);
    expect(new Set(outcomes.slice(0, 5))).toEqual(new Set(['gw.AppKeyMissing']));
    expect(outcomes[5]).toBe('gw.APIUnsupported');
    expect(gateway.calls().map(({ api }) => api)).toEqual(['::', '::', '::1', 'a::1', 'a:b:1', 'a:b:1']);
  });

  test('in words of its own', () => {
    const said = (call: Call, options?: SandboxOptions) => openGateway(options).send(call).body;
    const refusal = (code: string, message: string) => ({
      error_code: code,
      error_message: message,
      exception: message,
    });
    expect(said({ ...search, token: null })).toEqual(refusal('401', 'Request need user authenticated'));
    expect(said({ ...search, token: 'x' })).toEqual(refusal('401', 'Request need user authorized'));
    expect(said({ ...search, appKey: '' })).toEqual(refusal('gw.AppKeyMissing', 'AppKey is missing'));
  });
});

describe('a call counts', () => {
  test('once its signature is good, whatever else is wrong', () => {
    const gateway = openGateway({ declinedApis: [categoryApi] });
    gateway.send({ ...search, signature: 'A' });
    gateway.send({ ...search, token: null });
    gateway.send(category);
    gateway.send({ api: millisApi, signature: null });
    expect(gateway.calls().map(({ api, isCounted }) => [api, isCounted])).toEqual([
      [searchApi, false],
      [searchApi, true],
      [categoryApi, true],
      [millisApi, true],
    ]);
  });

  test('against its quota, also where it is refused', () => {
    const gateway = openGateway({ quotas: { appPerDay: 2 } });
    const outcomes = [{ ...category, signature: 'A' }, { ...search, token: null }, category, category];
    expect(outcomes.map((call) => gateway.outcomeOf(call))).toEqual([
      ...['gw.SignatureInvalid', '401', 'ok', 'gw.QosAppFrequencyLimit'],
    ]);
  });
});

describe('an answer', () => {
  const detail = (param: string): Call => ({ api: detailApi, params: { offerDetailParam: param } });
  const listed = openGateway({ nature: { unlevelled: 0.5 } });
  const today = listed.state.world.snapshot(0);
  const entries = Array.from({ length: today.count }, (_, index) => today.entryAt(index));
  const idWhere = (isGone: boolean): number =>
    Number(entries.find(({ state }) => state.isGone === isGone)?.offer.offerId);

  test('of the time is bare', () => {
    expect(listed.send({ api: timeApi }).body).toBe('20261010080000000+0800');
    expect(listed.send({ api: millisApi }).body).toBe(startAt.getTime());
  });

  test.each([
    ['{"country":"en"}', 'offerId'],
    ['{"offerId":610000000000}', 'country'],
    ['{"offerId":"","country":"en"}', 'offerId'],
  ])('of a detail asked by %s wants %s', (param, name) => {
    const { body, answer } = listed.send(detail(param));
    expect(answer.outcome).toBe('gw.ParamMissing');
    expect(body).toMatchObject({ error_message: `Required argument ${name}` });
  });

  test('of a detail is that of the offer, or nothing where there is none', () => {
    const payload = (offerId: number) =>
      (listed.send(detail(`{"offerId":${offerId},"country":"en"}`)).body as { result: object }).result;
    expect(payload(idWhere(false))).toMatchObject({ success: true, result: { offerId: idWhere(false) } });
    expect(payload(idWhere(true))).toMatchObject({ success: true, result: null });
    expect(payload(1)).toMatchObject({ success: true, result: null });
  });

  test('of a detail has foreign prices for those who name a currency', () => {
    const text = (currency: string) =>
      JSON.stringify(listed.send(detail(`{"offerId":${idWhere(false)},"country":"en"${currency}}`)).body);
    expect(text(',"currency":"USD"')).toContain('foreignCurrencyPrice');
    expect(text('')).not.toContain('foreignCurrencyPrice');
  });

  test.each([{}, { categoryID: '' }])('of the tree wants a node: %j', (params) => {
    expect(listed.outcomeOf({ api: categoryApi, params })).toBe('gw.ParamMissing');
  });

  test('of a node says its level, or for a share of the nodes does not', () => {
    const levels = (unlevelled: number) => {
      const { send, state } = openGateway({ nature: { unlevelled } });
      return state.world.categories.all.map(
        ({ id }) =>
          (
            send({ api: categoryApi, params: { categoryID: id } }).body as {
              categoryInfo: { level?: number }[];
            }
          ).categoryInfo[0]?.level,
      );
    };
    expect(levels(0)).not.toContain(undefined);
    expect(new Set(levels(1))).toEqual(new Set([undefined]));
    expect(new Set(levels(0.5))).toEqual(new Set([undefined, 1, 2, 3]));
  });
});

describe('a search that drifts', () => {
  const rows = ({ send }: ReturnType<typeof openGateway>, beginPage: number) =>
    JSON.stringify(
      send({
        api: searchApi,
        params: {
          offerQueryParam: JSON.stringify({ categoryId: 0, beginPage, pageSize: 20, country: 'en' }),
        },
      }).body,
    );

  test('answers the same call in another order, and the same calls alike for one seed', () => {
    const [first, second, still] = [
      openGateway({ drift: true }),
      openGateway({ drift: true }),
      openGateway(),
    ];
    const seen = [rows(first, 1), rows(first, 1), rows(first, 1)];
    expect(new Set(seen).size).toBe(3);
    expect([rows(second, 1), rows(second, 1), rows(second, 1)]).toEqual(seen);
    expect(rows(still, 1)).toBe(rows(still, 1));
  });
});
