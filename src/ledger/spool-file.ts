import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Settlement } from '../model/ledger.ts';

/** A settlement that proves an answer: only these are worth storing. */
export type PaidAnswer = Settlement & { readonly state: 'committed' };

/** Above the largest answer that the transport accepts (8 MiB). */
const maxBodyBytes = 16 * 1024 * 1024;

const paidAnswer = z.strictObject({
  state: z.literal('committed'),
  callId: z.string().regex(/^\d{1,19}$/),
  observedAt: z.iso.datetime(),
  outcome: z.enum(['ok', 'business_error', 'gateway_error', 'transport_error', 'invalid_answer', 'not_sent']),
  gatewayCode: z.string().nullable(),
  httpStatus: z.int().nullable(),
  latencyMs: z.number().nullable(),
  responseBytes: z.int().nullable(),
  shows: z
    .enum([
      ...(['allowed', 'denied', 'unsupported', 'exhausted', 'app_refused'] as const),
      ...(['token_refused', 'too_fast_app', 'too_fast_api'] as const),
      ...(['unavailable', 'unreachable', 'param_missing', 'refused'] as const),
    ])
    .nullable(),
  /** gzipped */
  body: z.base64().nullable(),
});

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The first line of a file: its type, and the SHA-256 of the second line, which is JSON. */
const headOf = (json: string): string => `catalog-sync answer, format 1, ${digest(json)}`;

/** The text of a file. */
export function writeSpoolFile(answer: PaidAnswer): string {
  const body = answer.body && gzipSync(answer.body).toString('base64');
  const json = JSON.stringify({ ...answer, observedAt: answer.observedAt.toISOString(), body });
  return `${headOf(json)}\n${json}\n`;
}

function parse(text: string): unknown {
  const [head, json] = text.split('\n');
  return json !== undefined && head === headOf(json) ? JSON.parse(json) : null;
}

/** The settlement in a file; null: the file is damaged, or not one of ours. */
export function readSpoolFile(text: string): PaidAnswer | null {
  try {
    const { observedAt, body, ...rest } = paidAnswer.parse(parse(text));
    const unpacked =
      body === null ? null : gunzipSync(Buffer.from(body, 'base64'), { maxOutputLength: maxBodyBytes });
    return { ...rest, observedAt: new Date(observedAt), body: unpacked };
  } catch {
    return null;
  }
}
