import type { ServerResponse } from 'node:http';
import { isContentFault, type Fault, type TransportFault } from './faults.ts';
import { toWireJson } from './wire-json.ts';

const jsonType = 'application/json;charset=UTF-8';
const page = '<html><head><title>error</title></head><body><h1>系统繁忙，请稍后再试</h1></body></html>';

/** Larger than any answer of this world by three orders of magnitude. */
const oversizeBytes = 32 * 1024 * 1024;

/** Sends a whole answer. */
export function sendWhole(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  type = jsonType,
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Promises the whole body, sends half of it and closes the connection. */
function sendHalf(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-type': jsonType, 'content-length': body.length });
  response.write(body.subarray(0, body.length / 2), () => response.destroy());
}

/** As `sendHalf`, but the connection does not end, it breaks. */
function breakHalfWay(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-type': jsonType, 'content-length': body.length });
  response.write(body.subarray(0, body.length / 2), () => response.socket?.resetAndDestroy());
}

/** Slow enough to outlast anybody's patience, often enough that no pause between two bytes is suspicious. */
const dripMs = 500;

function dripOut(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-type': jsonType, 'content-length': body.length });
  response.flushHeaders();
  let sent = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(sent, sent + 1));
    sent += 1;
    if (sent === body.length) response.end();
  }, dripMs);
  response.on('close', () => clearInterval(timer));
}

function gatewayError(fault: Fault): string {
  const { code = 'gw.QosAppFrequencyLimit', message = 'App call exceeds limited frequency' } = fault;
  return toWireJson({ error_code: code, error_message: message, exception: message });
}

type Sender = (response: ServerResponse, body: Buffer, fault: Fault) => void;

const htmlType = 'text/html;charset=UTF-8';

/** "中" in GB2312, then a byte that is wrong in every encoding. */
const foreignBytes = Buffer.from([0xd6, 0xd0, 0xff]);

const senders: Readonly<Record<TransportFault, Sender>> = {
  hang: () => undefined,
  drip: dripOut,
  reset: (response) => response.socket?.resetAndDestroy(),
  reset_body: breakHalfWay,
  cut: sendHalf,
  truncate: (response, body) => sendWhole(response, 200, body.subarray(0, body.length / 2)),
  server_error: (response, _body, fault) => sendWhole(response, fault.status ?? 500, page, htmlType),
  html: (response) => sendWhole(response, 200, page, htmlType),
  oversize: (response) => sendWhole(response, 200, Buffer.alloc(oversizeBytes, ' ')),
  bad_charset: (response) => {
    sendWhole(response, 200, Buffer.concat([Buffer.from('{"result":"'), foreignBytes, Buffer.from('"}')]));
  },
  redirect: (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
  gateway_error: (response, _body, fault) => sendWhole(response, fault.status ?? 200, gatewayError(fault)),
};

/** Sends an answer whose content is wrong as it is, any other as its fault has it. */
export function sendFault(response: ServerResponse, fault: Fault, status: number, body: string): void {
  if (isContentFault(fault.kind)) sendWhole(response, status, body);
  else senders[fault.kind](response, Buffer.from(body), fault);
}
