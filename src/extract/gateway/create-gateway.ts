import type { Clock } from '../../core/clock.ts';
import { AppError, coreErrors } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import type { Secret } from '../../core/secret.ts';
import type { CallContext, Gateway, GatewayAnswer, TimeAnswered } from '../../model/gateway.ts';
import type { Ledger } from '../../model/ledger.ts';
import type { ApiChoices } from '../../model/known-apis.ts';
import type { LoadableRequest } from '../../model/operation.ts';
import { parseGatewayTime } from '../gateway-time.ts';
import type { AccessTokens } from '../oauth/token-provider.ts';
import { createPauses } from './pauses.ts';
import { Caller, uploadRequest, type GoodAnswer } from './caller.ts';
import { createTransport, type TransportOptions } from './transport.ts';

export interface GatewayOptions extends TransportOptions {
  readonly appKey: string;
  readonly appSecret: Secret;
  readonly ledger: Ledger;
  readonly tokens: AccessTokens;
  readonly log: Logger;
  /** The machine's clock: the time in signatures, and the length of pauses. */
  readonly clock: Clock;
  /** The API for each operation; default: as documented. */
  readonly apis?: ApiChoices;
}

/**
 * The client of 1688's gateway. Each attempt is reserved in the ledger before it leaves and settled after it;
 * a refused access token is refreshed once, and the call made once more.
 *
 * `call`, `uploadImage`, `inspect` and `readTime` throw AppErrors GATEWAY_*, AUTH_* and STORED_ANSWER_UNREADABLE; by then
 * the API is held or paused, if it must be. Their messages and facts hold no parameter, token, signature or url.
 *
 * @throws AppError GATEWAY_URL_REFUSED
 */
export function createGateway(options: GatewayOptions): Gateway {
  const transport = createTransport(options);
  const caller = new Caller({ ...options, transport, pauses: createPauses(options.clock) });
  return {
    async call(request, context) {
      const answer = await caller.call(request, context);
      return answer.kind === 'waiting' ? answer : catalogAnswer(request, context, answer);
    },
    async uploadImage(image, context) {
      const request = uploadRequest(image);
      const answer = await caller.upload(request, image, context);
      return answer.kind === 'waiting' ? answer : catalogAnswer(request, context, answer);
    },
    inspect: (question, context) => caller.inspect(question, context),
    async readTime(context) {
      const answer = await caller.call({ operation: 'system.time' }, context);
      return answer.kind === 'waiting' ? answer : timeAnswer(answer);
    },
    close: () => transport.close(),
  };
}

function catalogAnswer(request: LoadableRequest, context: CallContext, good: GoodAnswer): GatewayAnswer {
  const { callId, rawId, runId, observedAt, payload, isCached } = good;
  if (rawId === null) throw defect('the ledger settled a good answer without storing it', callId);
  const provenance = { callId, rawId, runId, observedAt };
  return { kind: 'answered', provenance, request, windowId: context.windowId, payload, isCached };
}

function timeAnswer({ callId, payload }: GoodAnswer): TimeAnswered {
  const gatewayTime = typeof payload === 'string' ? parseGatewayTime(payload) : null;
  if (!gatewayTime) throw defect('an accepted time is no time', callId);
  return { kind: 'answered', callId, gatewayTime };
}

function defect(message: string, callId: string): AppError {
  return new AppError(coreErrors.INTERNAL, message, { facts: { callId } });
}
