import type { AppError } from '../../core/errors.ts';
import { toNamedError } from '../../db/database-error.ts';
import { extractErrors } from '../../extract/errors.ts';
import type { RawStore } from '../../raw/raw-store.ts';
import type { KnownSubjects } from '../status-store.ts';
import type { CallAnswered, Gateway } from '../../model/gateway.ts';
import type { ApiOperation } from '../../model/known-apis.ts';
import type { CatalogRequest } from '../../model/operation.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import { normalizeOffer } from '../../transform/normalize-offer.ts';
import { normalizeSearchPage } from '../../transform/normalize-search-page.ts';
import { requestFor, type TargetOperation } from '../../extract/endpoints/target-request.ts';
import { askPatiently, formatWaiting } from './ask-patiently.ts';

export interface ProbeParts {
  readonly gateway: Pick<Gateway, 'call'>;
  readonly raw: Pick<RawStore, 'keepOut'>;
  readonly sync: SyncConfig;
  /** The known ids before the first probe. */
  readonly subjects: KnownSubjects;
}

export interface Probed {
  /** Why an API is still not known. */
  readonly notes: ReadonlyMap<ApiOperation, string>;
  /** The problem of all APIs, after which no further probe was made; null: none. */
  readonly halted: AppError | null;
}

/** Bag: a word that any catalog has offers for, so that the answer names one. */
const commonKeyword = '包';

function targetFor(operation: TargetOperation, subjects: KnownSubjects): string | null {
  switch (operation) {
    case 'category.children':
      return '0';
    case 'search.keyword':
      return commonKeyword;
    case 'search.seller':
      return subjects.sellerId;
    case 'search.image':
      return subjects.imageUrl;
    case 'offer.detail':
      return subjects.offerId;
  }
}

const subjectWords = {
  'category.children': 'category',
  'search.keyword': 'keyword',
  'search.seller': 'seller',
  'search.image': 'picture on alicdn.com',
  'offer.detail': 'offer',
} as const satisfies Record<TargetOperation, string>;

/** The same call as in a run, for the fewest rows. */
function cheapest(request: CatalogRequest): CatalogRequest {
  return 'pageSize' in request ? { ...request, pageSize: 1 } : request;
}

const context = { runId: null, jobId: null, windowId: null, lane: 'manual', freshForMs: 0 } as const;

const isAlicdn = (url: string | null | undefined): url is string =>
  url !== null && url !== undefined && new URL(url).hostname.endsWith('.alicdn.com');

/** The ids of an answer that the next probes can use. */
function learn(known: KnownSubjects, { request, payload }: CallAnswered): KnownSubjects {
  switch (request.operation) {
    case 'offer.detail': {
      const { record } = normalizeOffer(request.offerId, payload);
      const found = record?.kind === 'found' ? record.detail : null;
      const imageUrl = found?.offer.imageUrls.find(isAlicdn) ?? null;
      return {
        ...known,
        sellerId: known.sellerId ?? found?.seller?.sellerId ?? null,
        imageUrl: known.imageUrl ?? imageUrl,
      };
    }
    case 'search.keyword':
    case 'search.seller':
    case 'search.image': {
      const row = normalizeSearchPage(request.operation, payload).record?.rows[0];
      const imageUrl = isAlicdn(row?.mainImageUrl) ? row.mainImageUrl : null;
      return {
        ...known,
        offerId: known.offerId ?? row?.offerId ?? null,
        imageUrl: known.imageUrl ?? imageUrl,
      };
    }
    case 'category.children':
    case 'image.upload':
      return known;
  }
}

/** Why the permission is not known after the call; null: the refusal itself shows it. */
function noteOf(error: AppError): string | null {
  if (error.recovery === 'stop-api') return null;
  if (error.kind === extractErrors.AUTH_TOKEN_MISSING) return 'not called: there is no access token';
  return `asked, but ${error.code}: ${error.message}`;
}

/**
 * Makes one cheap call for each operation, one after the other, each through the ledger: counted, within the limits,
 * and of a held API its test call. What the answers show is kept as every call's is. Those of categories
 * and details wait for the next run to load them; those of searches have no place in the catalog.
 */
export async function probeApis(parts: ProbeParts, operations: readonly TargetOperation[]): Promise<Probed> {
  const notes = new Map<ApiOperation, string>();
  let { subjects } = parts;
  for (const operation of operations) {
    const target = targetFor(operation, subjects);
    if (target === null) {
      notes.set(operation, `not called: no ${subjectWords[operation]} is known before the first sync`);
      continue;
    }
    try {
      const request = cheapest(requestFor(operation, target, parts.sync));
      const answer = await askPatiently(() => parts.gateway.call(request, context));
      if (answer.kind === 'waiting') notes.set(operation, formatWaiting(answer));
      else {
        subjects = learn(subjects, answer);
        if (operation.startsWith('search.')) await parts.raw.keepOut(answer.provenance.rawId);
      }
    } catch (thrown) {
      const error = toNamedError(thrown);
      const note = noteOf(error);
      if (note !== null) notes.set(operation, note);
      if (error.recovery === 'halt' && error.kind !== extractErrors.AUTH_TOKEN_MISSING)
        return { notes, halted: error };
    }
  }
  return { notes, halted: null };
}
