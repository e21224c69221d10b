import { describe, expect, it } from 'vitest';
import { parseSyncFile } from '../../../../src/config/parse-sync-file.ts';
import { AppError } from '../../../../src/core/errors.ts';
import type { JsonValue } from '../../../../src/core/json.ts';
import { extractErrors } from '../../../../src/extract/errors.ts';
import type { TargetOperation } from '../../../../src/extract/endpoints/target-request.ts';
import { checkGateway } from '../../../../src/health/doctor/check-gateway.ts';
import { probeApis } from '../../../../src/health/doctor/probe-apis.ts';
import type { CallAnswered, CallContext, CallWaiting } from '../../../../src/model/gateway.ts';
import type { CatalogRequest } from '../../../../src/model/operation.ts';
import { afterNoon, noon } from '../../../support/health-facts.ts';

const sync = parseSyncFile('account: personal\nfeeds: [{ name: bags, keywords: [包] }]\n', 'test');
const context = { runId: null, jobId: null, windowId: null, lane: 'manual', freshForMs: 0 };

const answered = (request: CatalogRequest, payload: JsonValue, rawId = '7'): CallAnswered => ({
  ...{ kind: 'answered', request, windowId: null, payload, isCached: false },
  provenance: { callId: '1', rawId, runId: null, observedAt: noon },
});

const alicdn = (name: string) => `https://cbu01.alicdn.com/${name}.jpg`;
const page = (...rows: readonly JsonValue[]): JsonValue => ({ totalRecords: rows.length, data: [...rows] });
const row = (offerId: string, imageUrl: string): JsonValue => ({ offerId, subject: '杯子', imageUrl });
const detail = (images: readonly string[], sellerOpenId: string | null): JsonValue => ({
  ...{ offerId: '610', subject: '杯子', status: 'published', sellerOpenId, productSkuInfos: [] },
  productImage: { images: [...images] },
  productSaleInfo: { quoteType: 0, amountOnSale: 5, priceRangeList: [{ startQuantity: 1, price: '5' }] },
});

const all = ['search.keyword', 'offer.detail', 'search.seller', 'search.image'] as const;
const nothing = { offerId: null, sellerId: null, imageUrl: null };

/** Probes with given payloads; what each call asked for, which answers were kept out, and what is said. */
async function probe(
  payloads: Partial<Record<TargetOperation, JsonValue>>,
  subjects: Parameters<typeof probeApis>[0]['subjects'] = nothing,
  operations: readonly TargetOperation[] = all,
) {
  const asked: CatalogRequest[] = [];
  const contexts: CallContext[] = [];
  const keptOut: string[] = [];
  const gateway = {
    call: (request: CatalogRequest, given: CallContext) => {
      asked.push(request);
      contexts.push(given);
      return Promise.resolve(answered(request, payloads[request.operation] ?? page(), request.operation));
    },
  };
  const raw = { keepOut: (rawId: string) => Promise.resolve(void keptOut.push(rawId)) };
  const { notes, halted } = await probeApis({ gateway, raw, sync, subjects }, operations);
  return { asked, contexts, keptOut, notes: Object.fromEntries(notes), halted };
}

const askedFor = (asked: readonly CatalogRequest[]) =>
  asked.map((request) => {
    if (request.operation === 'offer.detail') return `offer ${request.offerId}`;
    if (request.operation === 'search.seller') return `seller ${request.sellerId}`;
    return request.operation === 'search.image'
      ? `image ${JSON.stringify(request.queryImage)}`
      : request.operation;
  });

describe('what an answer shows', () => {
  it('is asked for next: the offer of a search, its seller and its picture', async () => {
    const first = {
      'search.keyword': page(row('610', 'https://img.example/0.jpg'), row('611', alicdn('1'))),
      'offer.detail': detail(['https://img.example/1.jpg', alicdn('2'), alicdn('3')], 'seller7'),
    };
    const { asked, keptOut, notes, contexts } = await probe(first);
    expect(askedFor(asked)).toEqual([
      ...['search.keyword', 'offer 610', 'seller seller7'],
      expect.stringContaining(alicdn('2')),
    ]);
    expect(notes).toEqual({});
    // A detail has a place in the catalog; rows of a search that no feed asked for have none.
    expect(keptOut).toEqual(['search.keyword', 'search.seller', 'search.image']);
    expect(contexts).toEqual(contexts.map(() => context));
  });

  it('is the picture of a row before that of a detail', async () => {
    const { asked } = await probe({
      'search.keyword': page(row('610', alicdn('1'))),
      'offer.detail': detail([alicdn('2')], 'seller7'),
    });
    expect(askedFor(asked).at(-1)).toContain(alicdn('1'));
  });

  it('is not asked for where one is known before', async () => {
    const known = { offerId: '5', sellerId: 'known', imageUrl: alicdn('0') };
    const { asked } = await probe(
      { 'search.keyword': page(row('610', alicdn('1'))), 'offer.detail': detail([alicdn('2')], 'seller7') },
      known,
    );
    expect(askedFor(asked)).toEqual([
      ...['search.keyword', 'offer 5', 'seller known'],
      expect.stringContaining(alicdn('0')),
    ]);
  });

  it('is nothing where the answer has nothing', async () => {
    const empty = await probe({}, nothing, [...all, 'category.children']);
    expect(askedFor(empty.asked)).toEqual(['search.keyword', 'category.children']);
    expect(empty.notes).toEqual({
      'offer.detail': 'not called: no offer is known before the first sync',
      'search.seller': 'not called: no seller is known before the first sync',
      'search.image': 'not called: no picture on alicdn.com is known before the first sync',
    });
    const gone = await probe({
      'search.keyword': page(row('610', 'https://a.example/1.jpg')),
      'offer.detail': null,
    });
    expect(Object.keys(gone.notes)).toEqual(['search.seller', 'search.image']);
    const bare = await probe({
      'search.keyword': page(row('610', alicdn('1'))),
      'offer.detail': detail([], null),
    });
    expect(Object.keys(bare.notes)).toEqual(['search.seller']);
  });
});

describe('a refusal', () => {
  const refusedBy = async (error: Error) => {
    const gateway = { call: () => Promise.reject(error) };
    const raw = { keepOut: () => Promise.resolve() };
    const { notes, halted } = await probeApis({ gateway, raw, sync, subjects: nothing }, [
      ...(['category.children', 'search.keyword'] as const),
    ]);
    return { notes: [...notes], halted: halted?.code ?? null };
  };
  const errorOf = (kind: keyof typeof extractErrors) => new AppError(extractErrors[kind], 'said no');

  it('of one API shows its permission by itself', async () => {
    expect(await refusedBy(errorOf('GATEWAY_NO_GRANT'))).toEqual({ notes: [], halted: null });
  });

  it('of all of them is the last one, but for a token that is missing', async () => {
    expect(await refusedBy(errorOf('GATEWAY_SIGNATURE_REFUSED'))).toEqual({
      notes: [['category.children', 'asked, but GATEWAY_SIGNATURE_REFUSED: said no']],
      halted: 'GATEWAY_SIGNATURE_REFUSED',
    });
    const missing = 'not called: there is no access token';
    expect(await refusedBy(errorOf('AUTH_TOKEN_MISSING'))).toEqual({
      notes: [
        ['category.children', missing],
        ['search.keyword', missing],
      ],
      halted: null,
    });
  });
});

describe('the signed call', () => {
  interface Given {
    readonly call?: CallWaiting | Error;
    readonly time?: CallWaiting | Error | Date;
    readonly keepOut?: () => Promise<void>;
  }

  /** `ok message`, where the clock of this machine says noon. */
  async function check({ call, time = noon, keepOut = () => Promise.resolve() }: Given) {
    const asked: unknown[] = [];
    const reply = <T>(value: T | Error) =>
      value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
    const gateway = {
      call: (request: CatalogRequest, given: CallContext) => {
        asked.push(request, given);
        return reply(call ?? answered(request, {}));
      },
      readTime: (given: CallContext) => {
        asked.push(given);
        return reply(
          time instanceof Date ? { kind: 'answered' as const, callId: '2', gatewayTime: time } : time,
        );
      },
    };
    const { status, message } = await checkGateway({
      gateway,
      raw: { keepOut },
      sync,
      clock: { now: () => noon },
    });
    return { said: `${status} ${message}`, asked };
  }
  const waiting = (by: CallWaiting['by']): CallWaiting => ({ kind: 'waiting', by, retryAfterMs: null });

  it.each<[Given, string]>([
    [{}, 'ok the gateway accepted App Key and signature; the clocks differ by 0.0 s'],
    [
      { time: afterNoon(60, 's') },
      'ok the gateway accepted App Key and signature; the clocks differ by 60.0 s',
    ],
    [
      { time: afterNoon(-60, 's') },
      'ok the gateway accepted App Key and signature; the clocks differ by 60.0 s',
    ],
    [{ time: afterNoon(60, 's', 1) }, 'warn accepted, but the clocks differ by 60 s'],
    [{ time: afterNoon(-90, 's', -700) }, 'warn accepted, but the clocks differ by 91 s'],
    [{ time: waiting('second') }, 'ok the gateway accepted App Key and signature'],
    [{ time: new Error('down') }, 'fail down'],
    [{ call: waiting('hold') }, 'warn category.children was not called: it is held'],
    [{ call: waiting('day') }, 'warn category.children was not called: its calls of the day are used up'],
    [
      { call: waiting('in_flight') },
      'warn category.children was not called: another process is making the same call, try again',
    ],
    [{ call: new Error('down') }, 'fail down'],
    [
      { call: new AppError(extractErrors.GATEWAY_PARAM_MISSING, 'x') },
      'ok the gateway accepted App Key and signature; the clocks differ by 0.0 s',
    ],
    [{ keepOut: () => Promise.reject(new Error('not kept out')) }, 'fail not kept out'],
  ])('with %j: %s', async (given, said) => {
    expect((await check(given)).said).toBe(said);
  });

  it('asks for the root categories, then for the time, and keeps the answer out of the catalog', async () => {
    const kept: string[] = [];
    const keepOut = (...[rawId]: string[]) => Promise.resolve(void kept.push(rawId ?? ''));
    const { asked } = await check({ keepOut });
    expect(asked).toEqual([{ operation: 'category.children', categoryId: '0' }, context, context]);
    expect(kept).toEqual(['7']);
  });
});
