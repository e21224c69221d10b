import { describe, expect, test } from 'vitest';
import { createFaults, faultKinds, isContentFault, type Fault } from '../../../src/sandbox/faults.ts';
import { WrittenDraw } from '../../support/drafted-offer.ts';
import { categoryApi, openGateway, searchApi, timeApi, type Call } from './gateway-calls.ts';

const taken = (faults: readonly Fault[], apis: string, units: Readonly<Record<string, number>> = {}) => {
  const switches = createFaults(faults, new WrittenDraw(units));
  return Array.from(apis).map((api) => switches.take(api)?.kind ?? null);
};

describe('switches', () => {
  test.each<[string, Fault[], string, (string | null)[]]>([
    ['none', [], 'a', [null]],
    ['for ever', [{ kind: 'html' }], 'aba', ['html', 'html', 'html']],
    ['for the next calls', [{ kind: 'html', count: 2 }], 'abc', ['html', 'html', null]],
    ['for no call', [{ kind: 'html', count: 0 }], 'a', [null]],
    ['for one API', [{ kind: 'html', api: 'b', count: 1 }], 'abb', [null, 'html', null]],
    ['the first that applies', [{ kind: 'html', count: 1 }, { kind: 'cut' }], 'aa', ['html', 'cut']],
  ])('%s', (_name, faults, apis, kinds) => expect(taken(faults, apis)).toEqual(kinds));

  test('for a share of the calls, which are counted by those that were tried', () => {
    const units = { 'hit 0': 0.5, 'hit 1': 0.4, 'hit 2': 0, 'hit 3': 0.9 };
    expect(taken([{ kind: 'html', rate: 0.5 }], 'aaaa', units)).toEqual([null, 'html', 'html', null]);
    expect(taken([{ kind: 'html', rate: 0.5, count: 1 }], 'aaaa', units)).toEqual([null, 'html', null, null]);
    expect(taken([{ kind: 'html', rate: 0.5, api: 'a' }], 'baba', units)).toEqual([null, null, null, 'html']);
  });

  test('are replaced as a whole', () => {
    const switches = createFaults([{ kind: 'html' }], new WrittenDraw({}));
    switches.set([{ kind: 'cut', api: 'a' }]);
    expect([switches.take('b'), switches.take('a')]).toEqual([null, { kind: 'cut', api: 'a' }]);
  });

  test('of the content are twelve of twenty-four', () => {
    expect(faultKinds).toHaveLength(25);
    expect(faultKinds.filter(isContentFault)).toEqual(faultKinds.slice(12));
  });
});

describe('at the gateway', () => {
  const param = (beginPage: number) =>
    JSON.stringify({ categoryId: 0, beginPage, pageSize: 5, country: 'en' });
  const page = (beginPage: number): Call => ({
    api: searchApi,
    params: { offerQueryParam: param(beginPage) },
  });

  test('hit counted calls and those of OAuth, and no others', () => {
    const gateway = openGateway({ faults: [{ kind: 'html' }] });
    const hit = (call: Call) => gateway.send(call).fault?.kind ?? null;
    expect(hit({ api: timeApi })).toBe('html');
    expect(hit({ api: timeApi, signature: 'A' })).toBeNull();
    expect(hit({ api: 'system:none:1' })).toBeNull();
    expect(hit({ api: 'system.oauth2:getToken:1' })).toBe('html');
    expect(hit({ api: searchApi, token: null })).toBe('html');
  });

  test('change good answers, and leave refusals as they are', () => {
    const spoilt = openGateway({ faults: [{ kind: 'not_ready' }] });
    expect(spoilt.send(page(1)).body).toMatchObject({ result: { code: '500_2' } });
    expect(spoilt.send({ ...page(1), token: null }).body).toMatchObject({ error_code: '401' });
    const whole = openGateway({ faults: [{ kind: 'cut' }] });
    expect(whole.send(page(1)).body).toEqual(openGateway().send(page(1)).body);
  });

  test('repeat_page answers each page with the first, and what has no pages as it is', () => {
    const [gateway, sound] = [openGateway({ faults: [{ kind: 'repeat_page' }] }), openGateway()];
    expect(gateway.send(page(3)).body).toEqual(sound.send(page(1)).body);
    expect(sound.send(page(3)).body).not.toEqual(sound.send(page(1)).body);
    const root = { api: categoryApi, params: { categoryID: '0' } };
    expect(gateway.send(root).body).toEqual(sound.send(root).body);
  });

  test('that are drawn differ from call to call, and are the same for one seed', () => {
    const bodies = () => {
      const gateway = openGateway({ faults: [{ kind: 'mixed_forms' }] });
      return [1, 2, 3].map(() => JSON.stringify(gateway.send(page(1)).body));
    };
    expect(new Set(bodies()).size).toBe(3);
    expect(bodies()).toEqual(bodies());
  });
});

test('refusals have HTTP 400, those of the token 401, or all 200 by option', () => {
  const statuses = (errorsWithStatus200: boolean) => {
    const { send } = openGateway({ errorsWithStatus200 });
    return [{ token: null }, { signature: 'A' }].map(
      (call) => send({ api: searchApi, ...call }).answer.status,
    );
  };
  expect(statuses(false)).toEqual([401, 400]);
  expect(statuses(true)).toEqual([200, 200]);
});
