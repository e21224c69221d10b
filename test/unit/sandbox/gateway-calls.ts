import type { LoggedCall } from '../../../src/sandbox/call-log.ts';
import { createGateway } from '../../../src/sandbox/gateway.ts';
import { settle, type SandboxOptions } from '../../../src/sandbox/options.ts';
import type { Files } from '../../../src/sandbox/read-form.ts';
import { expectedSignature } from '../../../src/sandbox/sign.ts';
import { createState, type SandboxState } from '../../../src/sandbox/state.ts';

/** 08:00 in Shanghai. */
export const startAt = new Date('2026-10-10T00:00:00Z');

export const searchApi = 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1';
export const detailApi = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';
export const categoryApi = 'com.alibaba.product:alibaba.category.get:1';
export const timeApi = 'system:currentTime:1';
export const millisApi = 'system:currentTimeMillis:1';

export interface Call {
  /** `namespace:name:version`. */
  readonly api: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly files?: Files;
  readonly appKey?: string;
  readonly protocol?: string;
  /** Undefined: the right one; null: none. */
  readonly signature?: string | null;
  /** Undefined: the one from the start; null: none. */
  readonly token?: string | null;
}

/** A gateway without a socket, at a time that stands still. */
export function openGateway(options: SandboxOptions = {}) {
  const state: SandboxState = createState(
    settle({ offers: 100, categories: 30, startAt, clock: { now: () => startAt }, ...options }),
  );
  const gateway = createGateway(state);
  const send = (call: Call) => {
    const [namespace = '', name = '', version = ''] = call.api.split(':');
    const { appKey = state.settings.appKey, protocol = 'param2', files = new Map() } = call;
    const path = `${protocol}/${version}/${namespace}/${name}/${appKey}`;
    const params = new Map(Object.entries(call.params ?? {}));
    const { token = state.settings.accessToken, signature } = call;
    if (token !== null) params.set('access_token', token);
    const given = signature === undefined ? expectedSignature(path, params, state.appSecret()) : signature;
    if (given !== null) params.set('_aop_signature', given);
    const reply = gateway({ path, params, files, requestId: null });
    return { ...reply, body: JSON.parse(reply.answer.body) as unknown };
  };
  return {
    state,
    send,
    /** Sends a call without parameters to a path of any form. */
    sendTo: (path: string) => gateway({ path, params: new Map(), files: new Map(), requestId: null }),
    /** `ok`, or what went wrong. */
    outcomeOf: (call: Call): string => send(call).answer.outcome,
    calls: (): readonly LoggedCall[] => state.log.list(0, 0),
  };
}
