import { sleep, type Clock } from '../../core/clock.ts';
import type { ErrorFacts, ErrorKind } from '../../core/errors.ts';
import type { JsonValue } from '../../core/json.ts';
import type { Logger } from '../../core/log.ts';
import type { CallWaiting } from '../../model/gateway.ts';
import type { AnswerSign, Ledger, ReserveRequest, Settlement, StoredAnswer } from '../../model/ledger.ts';
import { hasNoKeyword } from '../../model/operation.ts';
import { extractErrors } from '../errors.ts';
import { classify, type Expectation, type HttpAnswer, type Outcome } from './classify.ts';
import { answerSign, failureSign } from './answer-sign.ts';
import type { TransportFailure, TransportResult } from './exchange.ts';
import type { Transport } from './transport.ts';

/** Tells the calls of one API in this process to wait, and learns from their refusals. */
export interface Gate {
  /** How long no call may leave, in milliseconds; 0: a call may leave now. */
  pauseMs(): number;
  refused(error: ErrorKind): void;
}

export interface AttemptParts {
  readonly ledger: Ledger;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface AttemptRequest {
  readonly reserve: ReserveRequest;
  /** Below the base url. */
  readonly urlPath: string;
  /** Builds the url-encoded body at the moment of sending. */
  readonly form: () => string;
  readonly expects: Expectation;
  /** Whether a good answer's body goes into the store. Never for OAuth: it holds tokens. */
  readonly keepsBody: boolean;
  /** True: a question with a flaw. What its refusal says about the API or the token is not recorded. */
  readonly isFlawed?: boolean;
  /** Set for calls that pause for one another; OAuth's do not. */
  readonly gate?: Gate;
  readonly signal?: AbortSignal | undefined;
}

export interface AttemptFailure {
  readonly kind: 'failed';
  readonly error: ErrorKind;
  readonly gatewayCode: string | null;
  /** Fit for errors and logs. */
  readonly facts: ErrorFacts;
}

/** A settled ledger row. */
interface Attempted {
  readonly kind: 'attempted';
  readonly callId: string;
  readonly observedAt: Date;
  readonly rawId: string | null;
  /** Null: no answer came. */
  readonly answer: HttpAnswer | null;
  readonly result: { readonly kind: 'success'; readonly payload: JsonValue } | AttemptFailure;
}

export type AttemptAnswer =
  | Attempted
  | CallWaiting
  | { readonly kind: 'token_refused' }
  | { readonly kind: 'cached'; readonly answer: StoredAnswer };

/** How long a granted call may take to leave. Half could refund calls of a busy process; double delays sweeping. */
export const sendWithinMs = 15_000;

/** One ledger row and at most one HTTP attempt: reserve, wait for the send time, send, classify, settle. */
export async function attemptCall(parts: AttemptParts, request: AttemptRequest): Promise<AttemptAnswer> {
  const { ledger, clock } = parts;
  const granted = await ledger.reserve(request.reserve);
  if (granted.kind === 'cached' || granted.kind === 'token_refused') return granted;
  if (granted.kind === 'in_flight') return waiting('in_flight', granted.retryAfterMs);
  if (granted.kind === 'denied') return waiting(granted.by, granted.retryAfterMs);

  await sleep(granted.sendAfterMs, request.signal);
  if (request.signal?.aborted) return settle(parts, request, { granted, sent: notSent });
  if (isPaused(request)) return refundReservation(parts, request, granted);
  const markedAt = clock.now();
  // The send time was missed and the row is already refunded: take the next one.
  if (!(await ledger.markSent(granted.callId))) return waiting('second', 1_000);
  // A process that was stopped here would send in a period in which the call is not counted.
  const mayLeave = () => clock.now().getTime() - markedAt.getTime() <= sendWithinMs;
  // Another call may have been refused meanwhile.
  if (!mayLeave() || isPaused(request)) return refundReservation(parts, request, granted);
  return send(parts, request, { granted, mayLeave });
}

/** Ends a granted call of which nothing has left: its API is paused, or the process was stopped for too long. */
async function refundReservation(
  parts: AttemptParts,
  request: AttemptRequest,
  granted: Granted,
): Promise<CallWaiting> {
  await settle(parts, request, { granted, sent: notSent });
  return waiting('second', Math.max(1, pauseMs(request)));
}

const pauseMs = (request: AttemptRequest): number => request.gate?.pauseMs() ?? 0;
const isPaused = (request: AttemptRequest): boolean => pauseMs(request) > 0;

async function send(
  parts: AttemptParts,
  request: AttemptRequest,
  { granted, mayLeave }: { readonly granted: Granted; readonly mayLeave: () => boolean },
): Promise<Attempted> {
  const { urlPath, signal } = request;
  const message = { urlPath, form: request.form(), requestId: granted.callId, signal, mayLeave };
  const sent = await parts.transport.send(message);
  return settle(parts, request, { granted, sent });
}

interface Granted {
  readonly callId: string;
  readonly observedAt: Date;
}

interface Sent {
  readonly granted: Granted;
  readonly sent: TransportResult;
}

const notSent: TransportFailure = {
  kind: 'failure',
  error: extractErrors.GATEWAY_STOPPED,
  code: 'STOPPED',
  hasLeft: false,
  httpStatus: null,
  responseBytes: null,
  latencyMs: 0,
};

async function settle(parts: AttemptParts, request: AttemptRequest, call: Sent): Promise<Attempted> {
  const { api, runId, jobId } = request.reserve;
  const { callId, observedAt } = call.granted;
  const { latencyMs } = call.sent;
  const judged =
    call.sent.kind === 'failure' ? judgeFailure(call.sent) : judgeAnswer(call.sent.answer, request);
  const { state, outcome, httpStatus, gatewayCode } = judged.settlement;
  // Before the ledger is told: calls that wait for it or for their send time must not be sent meanwhile.
  if (judged.result.kind === 'failed') request.gate?.refused(judged.result.error);
  const { rawId } = await parts.ledger.settle({ callId, observedAt, latencyMs, ...judged.settlement });
  parts.log.debug(
    { callId, runId, jobId, api, latencyMs, state, outcome, httpStatus, gatewayCode },
    'call settled',
  );
  const result =
    judged.result.kind === 'success'
      ? judged.result
      : { ...judged.result, facts: { callId, api, ...judged.result.facts } };
  const answer = call.sent.kind === 'answer' ? call.sent.answer : null;
  return { kind: 'attempted', callId, observedAt, rawId, answer, result };
}

/**
 * For a question with a flaw, only signs about the app or the pace count. That a search by category has no keyword says nothing
 * about other calls: the category's name is sent next.
 */
function signOf(outcome: Outcome, { isFlawed = false, reserve }: AttemptRequest): AnswerSign | null {
  const sign = answerSign(outcome);
  if (sign === 'param_missing' && hasNoKeyword(reserve.request)) return null;
  const isAboutAll = sign === 'app_refused' || sign === 'too_fast_app' || sign === 'too_fast_api';
  return isFlawed && !isAboutAll ? null : sign;
}

interface Judgement {
  readonly settlement: Omit<Settlement, 'callId' | 'observedAt' | 'latencyMs'>;
  readonly result: Attempted['result'];
}

function judgeAnswer(answer: HttpAnswer, request: AttemptRequest): Judgement {
  const outcome = classify(answer, request.expects);
  // A refused call counts as spent, since it is not known whether 1688 counts failures.
  const spent = {
    state: 'committed',
    httpStatus: answer.status,
    responseBytes: answer.body.length,
    shows: signOf(outcome, request),
  } as const;
  if (outcome.kind === 'success') {
    const body = request.keepsBody ? answer.body : null;
    return { settlement: { ...spent, outcome: 'ok', gatewayCode: null, body }, result: outcome };
  }
  const { error, gatewayCode } = outcome;
  const facts = { httpStatus: answer.status, gatewayCode };
  return {
    settlement: { ...spent, outcome: outcome.outcome, gatewayCode, body: null },
    result: { kind: 'failed', error, gatewayCode, facts },
  };
}

function judgeFailure(failure: TransportFailure): Judgement {
  const { error, code, hasLeft, httpStatus, responseBytes } = failure;
  return {
    settlement: {
      state: !hasLeft ? 'refunded' : httpStatus === null ? 'unknown' : 'committed',
      outcome: failureOutcome(error, hasLeft),
      gatewayCode: null,
      httpStatus,
      responseBytes,
      body: null,
      shows: failureSign(error),
    },
    result: { kind: 'failed', error, gatewayCode: null, facts: { httpStatus, transportCode: code } },
  };
}

function failureOutcome(error: ErrorKind, hasLeft: boolean): Settlement['outcome'] {
  if (error === extractErrors.GATEWAY_STOPPED && !hasLeft) return 'not_sent';
  const isInvalid =
    error === extractErrors.GATEWAY_ANSWER_TOO_LARGE || error === extractErrors.GATEWAY_ANSWER_UNREADABLE;
  return isInvalid ? 'invalid_answer' : 'transport_error';
}

function waiting(by: CallWaiting['by'], retryAfterMs: number | null): CallWaiting {
  return { kind: 'waiting', by, retryAfterMs };
}
