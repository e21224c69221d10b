import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendWhole } from './send-answer.ts';
import type { SandboxState } from './state.ts';

export type Control = (url: URL, request: IncomingMessage, response: ServerResponse, body: string) => void;

export function createControl(state: SandboxState): Control {
  return (_url, _request, response) => sendWhole(response, 404, JSON.stringify({ now: state.clock.now() }));
}
