import pLimit from 'p-limit';
import type { AppError } from '../core/errors.ts';
import { toNamedError } from '../db/database-error.ts';
import type { Logger } from '../core/log.ts';
import type { CallAnswered, CallContext, CallWaiting, Gateway } from '../model/gateway.ts';
import type { Lane } from '../model/ledger.ts';
import { hasNoKeyword, type CatalogRequest, type SearchImageRequest } from '../model/operation.ts';
import { extractErrors } from '../extract/errors.ts';
import type { LeaseStore } from '../refresh/queue/lease-store.ts';
import type { ImageQuery } from '../refresh/queue/window-query.ts';
import type { CatalogLoader } from './normalize-and-load.ts';
import type { UploadQueryImage } from './upload-query-image.ts';

/** One target to fetch from 1688, and the row by which it is leased. */
export interface Target {
  readonly id: string;
  readonly request: Exclude<CatalogRequest, SearchImageRequest> | ImageQuery;
  readonly windowId: string | null;
  /** An answer of this age or older is known to be out of date; undefined: not known. */
  readonly staleFromMs?: number | undefined;
}

export interface FetchContext {
  readonly runId: string;
  readonly jobId: string | null;
  readonly lane: Lane;
  /** An answer younger than this is used again without a call. */
  readonly freshForMs: number;
}

/** The targets that were not loaded, and the calls that were made. */
export interface FetchResult {
  /** Calls that were made; a stored answer took none. */
  readonly callIds: readonly string[];
  readonly failed: readonly { readonly target: Target; readonly error: AppError }[];
  /** Targets that wait, or that were not called because another of the batch was postponed. */
  readonly waiting: readonly { readonly target: Target; readonly wait: CallWaiting | null }[];
}

export interface FetchDeps {
  readonly gateway: Pick<Gateway, 'call'>;
  readonly loader: CatalogLoader;
  readonly uploadQueryImage: UploadQueryImage;
  readonly leases: Pick<LeaseStore, 'nameCategorySearch' | 'unnameCategorySearches'>;
  readonly log: Logger;
  /** Calls of one job in flight at once. */
  readonly callConcurrency: number;
  /** Aborted: start no more calls, load what has arrived. */
  readonly drain: AbortSignal;
  /** Aborted: give up calls in flight too. */
  readonly stopNow: AbortSignal;
}

type Attempt =
  | { readonly kind: 'answered'; readonly target: Target; readonly answer: CallAnswered }
  | { readonly kind: 'waiting'; readonly target: Target; readonly wait: CallWaiting | null }
  | { readonly kind: 'failed'; readonly target: Target; readonly error: AppError };

/** True for an answer that applies to the whole API or run: the rest of the batch would get the same. */
function endsBatch(attempt: Attempt): boolean {
  if (attempt.kind === 'waiting') return attempt.wait !== null && attempt.wait.by !== 'in_flight';
  if (attempt.kind === 'failed') return ['halt', 'stop-api', 'throttle'].includes(attempt.error.recovery);
  return false;
}

/** The request of a target; or a wait, if its picture cannot be uploaded yet. */
async function toRequest(
  deps: FetchDeps,
  { request }: Target,
  context: CallContext & { readonly runId: string },
): Promise<CatalogRequest | CallWaiting> {
  if (!('image' in request)) return request;
  const { image, ...query } = request;
  const queryImage = await deps.uploadQueryImage(image, context);
  return queryImage.kind === 'waiting' ? queryImage : { ...query, queryImage };
}

/** If 1688 refused a search by category for its empty keyword, another search replaces it, due at once. */
async function isReplaced({ leases, log }: FetchDeps, target: Target, error: AppError): Promise<boolean> {
  const { windowId } = target;
  const isRefused = error.kind === extractErrors.GATEWAY_PARAM_MISSING;
  if (!isRefused || windowId === null || !hasNoKeyword(target.request)) return false;
  const isNamed = await leases.nameCategorySearch(windowId);
  if (isNamed)
    log.warn(
      { code: error.code, windowId },
      'a search without a keyword was refused; category names are sent',
    );
  return isNamed;
}

/** If 1688 answered a search by category without a keyword, it will answer others too. */
async function noteAllowed({ leases, log }: FetchDeps, target: Target, answer: CallAnswered): Promise<void> {
  if (answer.isCached || !hasNoKeyword(target.request)) return;
  if (await leases.unnameCategorySearches())
    log.info(
      { windowId: target.windowId },
      'a search without a keyword was answered; no category names are sent',
    );
}

async function ask(deps: FetchDeps, target: Target, context: FetchContext): Promise<Attempt> {
  try {
    const freshForMs = Math.min(context.freshForMs, target.staleFromMs ?? Infinity);
    const callContext = { ...context, freshForMs, windowId: target.windowId, signal: deps.stopNow };
    const request = await toRequest(deps, target, callContext);
    if ('by' in request) return { kind: 'waiting', target, wait: request };
    const answer = await deps.gateway.call(request, callContext);
    if (answer.kind !== 'answered') return { kind: 'waiting', target, wait: answer };
    await noteAllowed(deps, target, answer);
    return { kind: 'answered', target, answer };
  } catch (thrown) {
    const error = toNamedError(thrown);
    if (await isReplaced(deps, target, error)) return { kind: 'waiting', target, wait: null };
    return { kind: 'failed', target, error };
  }
}

function callIdOf(attempt: Attempt): string | null {
  if (attempt.kind === 'waiting') return null;
  if (attempt.kind === 'answered') return attempt.answer.isCached ? null : attempt.answer.provenance.callId;
  const { callId } = attempt.error.facts;
  return typeof callId === 'string' ? callId : null;
}

/**
 * Fetches a batch of targets, settles each call on its own, and loads all answers in one merge. Answers that came before another call of
 * the batch failed are loaded too.
 *
 * @throws AppError when the database is away; the answers are kept, and a repeat costs no call
 */
export async function fetchTargets(
  deps: FetchDeps,
  targets: readonly Target[],
  context: FetchContext,
): Promise<FetchResult> {
  const limit = pLimit(deps.callConcurrency);
  let isEnded = false;
  const attempts = await Promise.all(
    targets.map((target) =>
      limit(async (): Promise<Attempt> => {
        if (isEnded || deps.drain.aborted) return { kind: 'waiting', target, wait: null };
        const attempt = await ask(deps, target, context);
        if (endsBatch(attempt)) isEnded = true;
        return attempt;
      }),
    ),
  );
  const answered = attempts.filter((attempt) => attempt.kind === 'answered');
  const failures = await deps.loader.load(
    answered.map(({ answer }) => answer),
    context.runId,
  );
  const unloaded = failures.flatMap(({ rawId, error }) =>
    answered
      .filter(({ answer }) => answer.provenance.rawId === rawId)
      .map(({ target }) => ({ target, error })),
  );
  return {
    callIds: attempts.flatMap((attempt) => callIdOf(attempt) ?? []),
    failed: [...attempts.filter((attempt) => attempt.kind === 'failed'), ...unloaded],
    waiting: attempts.filter((attempt) => attempt.kind === 'waiting'),
  };
}
