import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { createLogger } from '../../../src/core/log.ts';
import { databaseErrors } from '../../../src/db/errors.ts';
import { extractErrors } from '../../../src/extract/errors.ts';
import { fetchTargets, type FetchDeps, type Target } from '../../../src/jobs/fetch-targets.ts';
import type { CallAnswered, CallContext, CallWaiting, GatewayAnswer } from '../../../src/model/gateway.ts';
import type { CatalogRequest } from '../../../src/model/operation.ts';

/* What becomes of a batch of targets, one call after the other. */

const detail = (id: string, more: Partial<Target> = {}): Target => ({
  ...{ id, windowId: null, request: { operation: 'offer.detail', offerId: id, language: 'en' } },
  ...more,
});
/** A search by a category, without a keyword unless it says otherwise. */
const search = (id: string, keyword = ''): Target => ({
  ...{ id, windowId: id },
  request: { operation: 'search.keyword', keyword, page: 1, language: 'en' } as never,
});
const answered = (id: string, isCached = false): CallAnswered => ({
  ...{ kind: 'answered', isCached, windowId: null, payload: null, request: {} as never },
  provenance: { callId: `c${id}`, rawId: `r${id}`, runId: '1', observedAt: new Date(0) },
});
const waiting = (by: CallWaiting['by']): CallWaiting => ({ kind: 'waiting', by, retryAfterMs: 1000 });
const failure = (kind: keyof typeof extractErrors, callId?: string) =>
  new AppError(extractErrors[kind], 'refused', callId === undefined ? {} : { facts: { callId } });

let asked: string[];
let contexts: CallContext[];
let lines: { readonly msg: string }[];
beforeEach(() => {
  [asked, contexts, lines] = [[], [], []];
});

const idOf = (request: CatalogRequest) => ('offerId' in request ? request.offerId : request.operation);

/** Asks for targets whose answers come in the order in which they are given. */
async function fetch(
  targets: readonly Target[],
  answers: readonly (GatewayAnswer | AppError)[],
  parts: Partial<FetchDeps> = {},
  freshForMs = 5000,
) {
  const left = [...answers];
  const deps: FetchDeps = {
    gateway: {
      call: async (request, context) => {
        asked.push(idOf(request));
        contexts.push(context);
        const answer = left.shift() ?? new Error('asked too often');
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    loader: { load: async () => [], loadStored: async () => [] },
    uploadQueryImage: async (image) =>
      image === 'wait.jpg' ? waiting('day') : { kind: 'address', url: image },
    leases: { nameCategorySearch: async () => false, unnameCategorySearches: async () => false },
    log: createLogger({
      ...{ level: 'info', pretty: false },
      stream: { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) },
    }),
    ...{ callConcurrency: 1, drain: new AbortController().signal, stopNow: new AbortController().signal },
    ...parts,
  };
  const context = { runId: '1', jobId: 'j', lane: 'refresh', freshForMs } as const;
  const { callIds, failed, waiting: left1 } = await fetchTargets(deps, targets, context);
  return {
    callIds,
    failed: failed.map(({ target, error }) => `${target.id} ${error.code}`),
    waiting: left1.map(({ target, wait }) => `${target.id} ${wait?.by ?? 'for others'}`),
  };
}

describe('a batch', () => {
  const three = ['1', '2', '3'].map((id) => detail(id));

  it('is asked for as a whole while each answer speaks for itself', async () => {
    const twin = waiting('in_flight');
    expect(await fetch(three, [answered('1'), twin, failure('GATEWAY_BUSINESS_REFUSED')])).toEqual({
      ...{ callIds: ['c1'], failed: ['3 GATEWAY_BUSINESS_REFUSED'], waiting: ['2 in_flight'] },
    });
    expect(asked).toEqual(['1', '2', '3']);
  });

  it.each<[string, GatewayAnswer | AppError]>([
    ['is spent', waiting('day')],
    ['must pause', failure('GATEWAY_TOO_FAST_API')],
    ['is not granted', failure('GATEWAY_NO_GRANT')],
    ['refuses the signature', failure('GATEWAY_SIGNATURE_REFUSED')],
  ])('ends with the first call by which the API %s', async (_, answer) => {
    expect((await fetch(three, [answer])).waiting).toEqual(
      expect.arrayContaining(['2 for others', '3 for others']),
    );
    expect(asked).toEqual(['1']);
  });

  it('is left alone once the process drains, and what came is loaded', async () => {
    const drain = new AbortController();
    const loaded: string[] = [];
    const parts: Partial<FetchDeps> = {
      drain: drain.signal,
      loader: {
        load: async (answers) => (loaded.push(...answers.map(({ provenance }) => provenance.rawId)), []),
        loadStored: async () => [],
      },
      leases: {
        nameCategorySearch: async () => false,
        unnameCategorySearches: async () => (drain.abort(), false),
      },
    };
    expect(await fetch([search('7'), detail('2')], [answered('7')], parts)).toEqual({
      ...{ callIds: ['c7'], failed: [], waiting: ['2 for others'] },
    });
    expect(loaded).toEqual(['r7']);
  });

  it('names the calls that it took: not those of stored answers, but those that failed', async () => {
    const answers = [answered('1', true), answered('2'), failure('GATEWAY_TIMEOUT', '9')];
    expect((await fetch(three, answers)).callIds).toEqual(['c2', '9']);
  });

  it('has those among its failures that came and could not be loaded', async () => {
    const error = new AppError(databaseErrors.DATABASE_REJECTED, 'no row');
    const loader = { load: async () => [{ rawId: 'r2', error }], loadStored: async () => [] };
    expect((await fetch(three.slice(0, 2), [answered('1'), answered('2')], { loader })).failed).toEqual([
      '2 DATABASE_REJECTED',
    ]);
  });
});

describe('a target', () => {
  it('takes an answer that is as young as freshness asks, or younger where it is known to be out of date', async () => {
    const targets = [detail('1'), detail('2', { staleFromMs: 700 }), detail('3', { staleFromMs: 9000 })];
    await fetch(targets, [answered('1'), answered('2'), answered('3')]);
    expect(contexts.map(({ freshForMs }) => freshForMs)).toEqual([5000, 700, 5000]);
  });

  it('waits where its picture cannot be handed over, and is asked for by it where it can', async () => {
    const image = (id: string, name: string) =>
      detail(id, {
        windowId: id,
        request: { operation: 'search.image', image: name, page: 1, language: 'en' } as never,
      });
    expect(await fetch([image('1', 'wait.jpg')], [])).toMatchObject({ waiting: ['1 day'] });
    await fetch([image('1', 'https://a.jpg')], [answered('1')]);
    expect(asked).toEqual(['search.image']);
  });
});

describe('a search by category without a keyword', () => {
  const refused = failure('GATEWAY_PARAM_MISSING');
  const named: string[] = [];
  const leases = (isNamed: boolean, areUnnamed = false): Partial<FetchDeps> => ({
    leases: {
      nameCategorySearch: async (windowId) => (named.push(windowId), isNamed),
      unnameCategorySearches: async () => (named.push('unnamed'), areUnnamed),
    },
  });
  const messages = () => lines.map(({ msg }) => msg);
  beforeEach(() => {
    named.length = 0;
  });

  it('that is refused for that gives way to one with the name of the category, which the log says', async () => {
    expect(await fetch([search('7')], [refused], leases(true))).toMatchObject({
      failed: [],
      waiting: ['7 for others'],
    });
    expect(named).toEqual(['7']);
    expect(messages()).toEqual(['a search without a keyword was refused; category names are sent']);
  });

  it.each<[string, { target: Target; error?: AppError; isNamed?: boolean; tried?: string[] }]>([
    ['whose category has no name', { target: search('7'), isNamed: false, tried: ['7'] }],
    ['that is refused for something else', { target: search('7'), error: failure('GATEWAY_PARAM_REFUSED') }],
    ['of no window', { target: { ...search('7'), windowId: null } }],
    ['with a keyword', { target: search('7', '鞋') }],
    ['that is none', { target: detail('7', { windowId: '7' }) }],
  ])('%s fails', async (_, { target, error = refused, isNamed = true, tried = [] }) => {
    expect(await fetch([target], [error], leases(isNamed))).toMatchObject({ failed: [`7 ${error.code}`] });
    expect(named).toEqual(tried);
    expect(messages()).toEqual([]);
  });

  it('that is answered by a call ends those with names, which the log says where there were some', async () => {
    await fetch([search('7')], [answered('7')], leases(true, true));
    expect(named).toEqual(['unnamed']);
    expect(messages()).toEqual(['a search without a keyword was answered; no category names are sent']);
    await fetch([search('7')], [answered('7')], leases(true, false));
    expect(messages()).toHaveLength(1);
  });

  it('says nothing of others by a stored answer, nor does a search with a keyword', async () => {
    await fetch([search('7')], [answered('7', true)], leases(true));
    await fetch([search('7', '鞋')], [answered('7')], leases(true));
    await fetch([detail('7')], [answered('7')], leases(true));
    expect(named).toEqual([]);
  });
});
