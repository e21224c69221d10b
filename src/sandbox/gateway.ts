import { admitCall, checkApp } from './admission.ts';
import { listApis } from './api-table.ts';
import type { LogEntry } from './call-log.ts';
import { askForFirstPage, distortAnswer } from './distort/distort-answer.ts';
import { isContentFault, type Fault } from './faults.ts';
import { answerRefusal, Refusal, type GatewayAnswer } from './gateway-answer.ts';
import { oauthApis } from './oauth.ts';
import type { Files } from './read-form.ts';
import type { Params } from './sign.ts';
import type { SandboxState } from './state.ts';

/** A request whose body has been read. */
export interface GatewayRequest {
  /** What follows `/openapi/`, without the query: the very text that is signed. */
  readonly path: string;
  /** Decoded, from query and body together. */
  readonly params: Params;
  /** Parts of a multipart form that are files; they are not signed. */
  readonly files: Files;
  readonly requestId: string | null;
}

/** What to send, and where to note how it went. */
export interface GatewayReply {
  readonly answer: GatewayAnswer;
  /** What to make of the answer in place of sending it. */
  readonly fault: Fault | null;
  readonly entry: LogEntry;
}

interface Target {
  readonly protocol: string;
  readonly api: string;
  readonly appKey: string;
}

function parsePath(path: string): Target {
  const [protocol = '', version = '', namespace = '', name = '', appKey = ''] = path.split('/');
  return { protocol, api: `${namespace}:${name}:${version}`, appKey };
}

/** The gateway without its socket: decides, counts and logs; what it returns only has to be sent. */
export function createGateway(state: SandboxState): (request: GatewayRequest) => GatewayReply {
  const apis = listApis(state);
  const { appKey, errorsWithStatus200 } = state.settings;

  const answer = (request: GatewayRequest, target: Target, entry: LogEntry): GatewayAnswer => {
    checkApp(target.appKey, appKey);
    const oauth = oauthApis.get(target.api);
    if (oauth !== undefined) return oauth(state, request.params);
    const api = target.protocol === 'param2' ? apis.get(target.api) : undefined;
    if (api === undefined) throw new Refusal('gw.APIUnsupported', 'Unsupport API');
    const { path, params, files } = request;
    const { needsToken, signature } = api;
    admitCall(
      { path, params, api: target.api, needsToken, signature, onCounted: () => entry.count() },
      state,
    );
    return api.answer(params, files);
  };
  const answerOrRefuse = (request: GatewayRequest, target: Target, entry: LogEntry): GatewayAnswer => {
    try {
      return answer(request, target, entry);
    } catch (error) {
      if (error instanceof Refusal) return answerRefusal(error, errorsWithStatus200);
      throw error;
    }
  };
  let distorted = 0;
  /** What is wrong with a refusal is what it says; only good answers are changed. */
  const spoil = (
    made: GatewayAnswer,
    fault: Fault | null,
    { api }: Target,
    { params, files }: GatewayRequest,
  ): GatewayAnswer => {
    if (fault === null || !isContentFault(fault.kind) || made.outcome !== 'ok') return made;
    if (fault.kind === 'repeat_page') return apis.get(api)?.answer(askForFirstPage(params), files) ?? made;
    const draw = state.draw.child('distortion', distorted++);
    const { categories } = state.world;
    return { ...made, body: distortAnswer(fault.kind, made.body, { draw, categories }) };
  };
  return (request) => {
    const target = parsePath(request.path);
    const { requestId } = request;
    const entry = state.log.open({ requestId, api: target.api, at: state.clock.now().getTime() });
    const made = answerOrRefuse(request, target, entry);
    const mayFail = entry.isCounted() || oauthApis.has(target.api);
    const fault = mayFail ? state.faults.take(target.api) : null;
    return { answer: spoil(made, fault, target, request), entry, fault };
  };
}
