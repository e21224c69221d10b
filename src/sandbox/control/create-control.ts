import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isLoopbackUrl } from '../../core/loopback.ts';
import { sendWhole } from '../send-answer.ts';
import type { SandboxState } from '../state.ts';
import {
  BadCommand,
  readCommand,
  readFaults,
  readFeeds,
  readGrants,
  readMs,
  readInstant,
  readQuotas,
  readRevocation,
  readSecret,
} from './read-command.ts';
import { readStats } from './stats.ts';
import { readTruth } from './truth.ts';
import { writeRows } from './write-rows.ts';

/** Answers a request to `/_sandbox/...` whose body has been read. */
export type Control = (
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
) => Promise<void>;

/** Whether a peer is this machine. */
export function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && /^(127\.|::1$|::ffff:127\.)/.test(address);
}

/** Whether it is called by a name of this machine: a site can have a name of its own lead here (DNS rebinding). */
function isLoopbackName(host: string | undefined): boolean {
  if (host === undefined || /[@/\\?#]/.test(host)) return false;
  const url = `http://${host}`;
  return URL.canParse(url) && isLoopbackUrl(new URL(url));
}

/** Whether a page of another site had a browser send it. Programs say nothing of it. */
function isFromSite({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return headers.origin !== undefined && headers.origin !== `http://${headers.host ?? ''}`;
}

/** Why a request gets no answer; null: it gets one. */
function refusalOf(request: IncomingMessage): string | null {
  if (!isLoopbackAddress(request.socket.remoteAddress))
    return 'the control endpoints answer to loopback only';
  if (!isLoopbackName(request.headers.host)) return 'the control endpoints answer to names of loopback only';
  return isFromSite(request) ? 'the control endpoints answer to no page of another site' : null;
}

/** An object in chunks: whole at once for small ones, a stream for a world of a million offers. */
async function sendChunks(response: ServerResponse, chunks: Iterable<string>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json;charset=UTF-8' });
  await pipeline(Readable.from(chunks, { objectMode: false }), response);
}

function statsChunks(state: SandboxState, url: URL): Iterable<string> {
  const after = Number(url.searchParams.get('after') ?? 0);
  const since = readInstant(url, 'since', -Infinity);
  const { calls, ...stats } = readStats(state, { feeds: readFeeds(url), after, since });
  return writeRows(stats, url.searchParams.get('calls') === 'false' ? {} : { calls });
}

function truthChunks({ world, clock }: SandboxState, url: URL): Iterable<string> {
  const at = readInstant(url, 'at', clock.now().getTime());
  const isWhole = url.searchParams.get('all') === 'true';
  const truth = readTruth(world, { feeds: readFeeds(url), at, isWhole });
  const { step } = truth;
  return writeRows(
    { at: new Date(at).toISOString(), step },
    { categories: truth.categories(), offers: truth.offers(), skus: truth.skus(), prices: truth.prices() },
  );
}

/** Carries out a POST; what it returns is the answer. */
function carryOut(state: SandboxState, path: string, body: string): object | null {
  switch (path) {
    case '/_sandbox/clock':
      state.clock.advance(readMs(readCommand(body), 'advanceMs'));
      return { now: state.clock.now().toISOString() };
    case '/_sandbox/latency':
      state.latencyMs = readMs(readCommand(body), 'latencyMs');
      return {};
    case '/_sandbox/faults':
      state.faults.set(readFaults(readCommand(body)));
      return {};
    case '/_sandbox/grants':
      state.setGrants(readGrants(readCommand(body)));
      return { declined: [...state.declined] };
    case '/_sandbox/quotas':
      state.quota.change(readQuotas(readCommand(body)));
      return state.quota.limits();
    case '/_sandbox/secret':
      state.resetSecret(readSecret(readCommand(body)));
      return {};
    case '/_sandbox/tokens':
      state.tokens.revoke(readRevocation(readCommand(body)));
      return {};
    case '/_sandbox/oauth/code':
      return { code: state.tokens.grantCode() };
    default:
      return null;
  }
}

/**
 * The back door of the sandbox: what it saw, what is true, and its switches. It only opens to programs of this machine,
 * whatever address the gateway listens on, and not to sites that a browser of this machine shows.
 */
export function createControl(state: SandboxState): Control {
  const answer: Control = async (url, request, response, body) => {
    const isGet = request.method === 'GET';
    if (isGet && url.pathname === '/_sandbox/stats') return sendChunks(response, statsChunks(state, url));
    if (isGet && url.pathname === '/_sandbox/truth') return sendChunks(response, truthChunks(state, url));
    const done = request.method === 'POST' ? carryOut(state, url.pathname, body) : null;
    sendWhole(response, done === null ? 404 : 200, JSON.stringify(done ?? { error: 'not found' }));
  };
  return async (url, request, response, body) => {
    const error = refusalOf(request);
    if (error !== null) {
      sendWhole(response, 403, JSON.stringify({ error }));
      return;
    }
    try {
      await answer(url, request, response, body);
    } catch (error) {
      if (!(error instanceof BadCommand)) throw error;
      sendWhole(response, 400, JSON.stringify({ error: error.message }));
    }
  };
}
