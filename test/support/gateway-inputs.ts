import { createLogger } from '../../src/core/log.ts';
import type { CallContext } from '../../src/model/gateway.ts';
import type { CategoryChildrenRequest, OfferDetailRequest } from '../../src/model/operation.ts';

export const context: CallContext = {
  runId: '7',
  jobId: 'job-1',
  windowId: null,
  lane: 'refresh',
  freshForMs: 0,
};

export const roots: CategoryChildrenRequest = { operation: 'category.children', categoryId: '0' };
export const detail: OfferDetailRequest = {
  operation: 'offer.detail',
  offerId: '620201390233',
  language: 'en',
};

/** A clock that moves when told. */
export function createHandClock(start = '2026-10-10T08:00:00Z') {
  let nowMs = Date.parse(start);
  return { now: () => new Date(nowMs), advance: (ms: number) => void (nowMs += ms) };
}

export const silent = createLogger({ level: 'silent', pretty: false });

/** 1688's own form of a gateway error. */
export function gatewayError(code: string, message = code): Record<string, string> {
  return { error_code: code, error_message: message, exception: message };
}
