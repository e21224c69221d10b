import type { Dispatcher } from 'undici';
import type { ErrorKind } from '../../core/errors.ts';
import { extractErrors } from '../errors.ts';
import type { HttpAnswer } from './classify.ts';
import { abortKind, transportCode, transportKind, type AbortCause } from './transport-failure.ts';

type Controller = Parameters<NonNullable<Dispatcher.DispatchHandler['onRequestStart']>>[0];

export interface TransportFailure {
  readonly kind: 'failure';
  readonly error: ErrorKind;
  /** The code of the socket, TLS or HTTP error, for logs. */
  readonly code: string;
  /** False: not one byte of the request can have left. */
  readonly hasLeft: boolean;
  /** Set when the gateway had begun to answer. */
  readonly httpStatus: number | null;
  /** Of an answer that became unreadable, what came before; null: none, or the call ended for another reason. */
  readonly responseBytes: number | null;
  readonly latencyMs: number;
}

/** How one POST ended. */
export type TransportResult =
  { readonly kind: 'answer'; readonly answer: HttpAnswer; readonly latencyMs: number } | TransportFailure;

interface ExchangeRequest {
  readonly path: string;
  readonly form: string;
  readonly requestId: string;
  /** Asked when the first byte is about to leave. False: nothing may leave any more. */
  readonly mayLeave: () => boolean;
}

/**
 * A timer that fires later than this comes from a process that was stopped. At half, a busy process would count as stopped; at
 * double, a process that was stopped for a moment could give up answers that have come.
 */
const stoppedMs = 500;

/** The time that a process that was stopped has to read the answers in its sockets: a long answer takes several turns of the event loop. */
const readMs = 1000;

interface ExchangeLimits {
  readonly totalMs: number;
  readonly maxBytes: number;
}

/**
 * One POST over undici's dispatch interface, the only one that says when the first byte is about to leave:
 * that decides whether a failed call is refunded or stays counted.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: ExchangeRequest,
  limits: ExchangeLimits,
  signal?: AbortSignal,
): Promise<TransportResult> {
  return new Promise((resolve) => {
    const attempt = new Attempt(request, limits, { signal, resolve });
    if (attempt.isOver) return;
    dispatcher.dispatch(
      {
        method: 'POST',
        path: request.path,
        headers: {
          'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
          accept: 'application/json',
          'accept-encoding': 'identity',
          'x-request-id': request.requestId,
        },
        body: request.form,
      },
      attempt,
    );
  });
}

interface Caller {
  readonly signal: AbortSignal | undefined;
  readonly resolve: (result: TransportResult) => void;
}

class Attempt implements Dispatcher.DispatchHandler {
  readonly #request: Pick<ExchangeRequest, 'mayLeave'>;
  readonly #limits: ExchangeLimits;
  readonly #signal: AbortSignal | undefined;
  readonly #resolve: (result: TransportResult) => void;
  readonly #startedAt = performance.now();
  #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #controller: Controller | null = null;
  #status: number | null = null;
  isOver = false;

  constructor(
    request: Pick<ExchangeRequest, 'mayLeave'>,
    limits: ExchangeLimits,
    { signal, resolve }: Caller,
  ) {
    this.#request = request;
    this.#limits = limits;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#timer = this.#startTimer(limits.totalMs);
    signal?.addEventListener('abort', this.#onSignal);
    if (signal?.aborted) this.#abort('stopped');
  }

  onRequestStart(controller: Controller): void {
    // A call that ended while it waited for a connection was settled as not sent: nothing of it may leave any more.
    if (!this.isOver && !this.#request.mayLeave()) this.#abort('late');
    if (this.isOver) controller.abort(new Error('the call is over'));
    else this.#controller = controller;
  }

  onResponseStart(_controller: Controller, status: number): void {
    if (status >= 200) this.#status = status;
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.maxBytes) this.#abort('too_large');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const answer = { status: this.#status ?? 0, body: Buffer.concat(this.#chunks) };
    this.#end({ kind: 'answer', answer, latencyMs: this.#latencyMs() });
  }

  onResponseError(_controller: Controller | null, thrown: Error): void {
    const code = transportCode(thrown);
    const error = transportKind(code, this.#controller !== null);
    this.#fail(error, code, error === extractErrors.GATEWAY_ANSWER_UNREADABLE ? this.#bytes : null);
  }

  /** In a turn of the event loop, timers run before sockets: a late timer lets the sockets be read first. */
  #startTimer(ms: number): NodeJS.Timeout {
    const dueAt = performance.now() + ms;
    return setTimeout(() => {
      if (performance.now() - dueAt > stoppedMs) this.#timer = this.#startTimer(readMs);
      else this.#abort('total_timeout');
    }, ms);
  }

  readonly #onSignal = (): void => this.#abort('stopped');

  #abort(cause: AbortCause): void {
    if (this.isOver) return;
    this.#fail(abortKind(cause), cause.toUpperCase());
    this.#controller?.abort(new Error('the call is over'));
  }

  #fail(error: ErrorKind, code: string, responseBytes: number | null = null): void {
    const hasLeft = this.#controller !== null;
    this.#end({
      kind: 'failure',
      error,
      code,
      hasLeft,
      httpStatus: this.#status,
      responseBytes,
      latencyMs: this.#latencyMs(),
    });
  }

  #end(result: TransportResult): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onSignal);
    this.#resolve(result);
  }

  #latencyMs(): number {
    return Math.round(performance.now() - this.#startedAt);
  }
}
