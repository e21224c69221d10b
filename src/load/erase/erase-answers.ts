import type { PoolClient } from 'pg';
import type { JsonObject } from '../../core/json.ts';
import { applySql, runSql } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';
import { packBody, unpackBody } from '../../raw/stored-answer.ts';
import { eraseFromBody, namesSeller, type ErasedBody, type SellerMarks } from './erase-from-body.ts';
import { inArray } from 'drizzle-orm';
import { drizzleOn } from '../../db/database.ts';
import { payload } from '../../schema/raw.ts';

/** A stored answer, as pg gives it. */
export interface AnswerRow {
  readonly raw_id: string;
  readonly operation: string;
  readonly request: JsonObject & { readonly offerId?: unknown };
  /** gzipped */
  readonly body: Buffer;
  readonly body_sha256: Buffer;
}

/** What becomes of an answer: as a whole it goes, or it loses the seller's rows. Null: it doesn't tell of the seller. */
export type AnswerFate = { readonly kind: 'deleted' } | Extract<ErasedBody, { kind: 'erased' }>;

const deleted = { kind: 'deleted' } as const;

/** Whether it was asked about the seller, or about one of its offers. */
function isAskedAbout({ operation, request }: AnswerRow, marks: SellerMarks): boolean {
  const { offerId } = request;
  const isOffer = operation === 'offer.detail' && typeof offerId === 'string' && marks.offerIds.has(offerId);
  // Not by its names: a keyword of ours may be one.
  return isOffer || namesSeller(JSON.stringify(request), { ...marks, names: [] });
}

/** An answer that lost its bytes can't be looked through: nobody could read it either, so it goes. */
export async function decideFate(row: AnswerRow, marks: SellerMarks): Promise<AnswerFate | null> {
  if (isAskedAbout(row, marks)) return deleted;
  const body = await unpackBody({ rawId: row.raw_id, body: row.body, bodySha256: row.body_sha256 }).catch(
    () => null,
  );
  if (body === null) return deleted;
  const text = body.toString();
  // A detail answer is about one seller and nobody else.
  if (row.operation === 'offer.detail') return namesSeller(text, marks) ? deleted : null;
  const erased = eraseFromBody(text, marks);
  if (erased.kind === 'untouched') return null;
  return erased.kind === 'hopeless' ? deleted : erased;
}

/** Deletes answers, or puts others in their place, and takes their examples out of quarantine and drift. */
export async function applyFates(client: PoolClient, fates: ReadonlyMap<string, AnswerFate>): Promise<void> {
  if (fates.size === 0) return;
  const gone = [...fates].filter(([, fate]) => fate.kind === 'deleted').map(([rawId]) => rawId);
  await drizzleOn(client).delete(payload).where(inArray(payload.rawId, gone));
  for (const [rawId, fate] of fates) {
    if (fate.kind === 'deleted') continue;
    const { gzipped, bytes, sha256 } = await packBody(Buffer.from(fate.text));
    await applySql(client, readSql('replace-answer'), [rawId, gzipped, bytes, sha256]);
  }
  await applySql(client, readSql('forget-samples'), [[...fates.keys()], []]);
}

/** Takes erased sellers and their offers out of some stored answers. */
export async function eraseFromAnswers(
  client: PoolClient,
  rawIds: readonly string[],
  marks: SellerMarks,
): Promise<void> {
  if (rawIds.length === 0) return;
  const rows = await runSql<AnswerRow>(client, readSql('read-answers'), [rawIds]);
  const fates = new Map<string, AnswerFate>();
  for (const row of rows) {
    const fate = await decideFate(row, marks);
    if (fate) fates.set(row.raw_id, fate);
  }
  await applyFates(client, fates);
}
