import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { AppError } from '../core/errors.ts';
import type { StoredAnswer } from '../model/ledger.ts';
import { loadErrors } from './errors.ts';

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/** A row of `raw.payload`, as pg gives it. */
export interface StoredAnswerRow {
  readonly raw_id: string;
  readonly call_id: string;
  readonly run_id: string | null;
  readonly window_id: string | null;
  readonly request: StoredAnswer['request'];
  readonly observed_at: Date;
  readonly http_status: number;
  /** gzipped */
  readonly body: Buffer;
  readonly body_sha256: Buffer;
}

export interface PackedBody {
  readonly gzipped: Buffer;
  /** Length of the body as it came. */
  readonly bytes: number;
  /** SHA-256 of the body as it came. */
  readonly sha256: Buffer;
}

function digest(body: Buffer): Buffer {
  return createHash('sha256').update(body).digest();
}

/** A body as it is kept: compressed, with what proves that it comes back byte by byte. */
export async function packBody(body: Buffer): Promise<PackedBody> {
  return { gzipped: await gzipAsync(body), bytes: body.length, sha256: digest(body) };
}

/** The body as it is kept, unpacked. @throws AppError RAW_DAMAGED */
export async function unpackBody(
  row: Pick<StoredAnswerRow, 'raw_id' | 'body' | 'body_sha256'>,
): Promise<Buffer> {
  const body = await gunzipAsync(row.body).catch(() => null);
  if (body && digest(body).equals(row.body_sha256)) return body;
  throw new AppError(loadErrors.RAW_DAMAGED, 'a stored answer does not have the bytes that were stored', {
    facts: { rawId: row.raw_id },
  });
}

/** @throws AppError RAW_DAMAGED */
export async function toStoredAnswer(row: StoredAnswerRow): Promise<StoredAnswer> {
  return {
    rawId: row.raw_id,
    callId: row.call_id,
    runId: row.run_id,
    windowId: row.window_id,
    request: row.request,
    observedAt: row.observed_at,
    httpStatus: row.http_status,
    body: await unpackBody(row),
  };
}
