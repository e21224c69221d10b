import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { AppError } from '../core/errors.ts';
import type { StoredAnswer } from '../model/ledger.ts';
import { rawErrors } from './errors.ts';
import { payload } from '../schema/raw.ts';

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/** What a stored answer is made of. */
export const answerColumns = {
  rawId: payload.rawId,
  callId: payload.callId,
  runId: payload.runId,
  windowId: payload.windowId,
  request: payload.request,
  observedAt: payload.observedAt,
  httpStatus: payload.httpStatus,
  /** gzipped */
  body: payload.body,
  bodySha256: payload.bodySha256,
};

export type StoredAnswerRow = Readonly<Pick<typeof payload.$inferSelect, keyof typeof answerColumns>>;

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
  row: Pick<StoredAnswerRow, 'rawId' | 'body' | 'bodySha256'>,
): Promise<Buffer> {
  const body = await gunzipAsync(row.body).catch(() => null);
  if (body && digest(body).equals(row.bodySha256)) return body;
  throw new AppError(rawErrors.RAW_DAMAGED, 'a stored answer does not have the bytes that were stored', {
    facts: { rawId: row.rawId },
  });
}

/** @throws AppError RAW_DAMAGED */
export async function toStoredAnswer({ bodySha256, ...row }: StoredAnswerRow): Promise<StoredAnswer> {
  return { ...row, body: await unpackBody({ ...row, bodySha256 }) };
}
