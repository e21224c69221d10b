import { inArray } from 'drizzle-orm';
import type { PoolClient } from 'pg';
import { drizzleOn } from '../../db/database.ts';
import { applySql } from '../../db/sql-file.ts';
import { deleteAnswers, replaceBody } from '../../raw/change-answers.ts';
import { unpackBody } from '../../raw/stored-answer.ts';
import { payload } from '../../schema/raw.ts';
import { readSql } from '../read-sql.ts';
import { eraseFromBody, namesSeller, type ErasedBody, type SellerMarks } from './erase-from-body.ts';

/** The columns that are searched of a stored answer. */
export const scannedColumns = {
  rawId: payload.rawId,
  callId: payload.callId,
  operation: payload.operation,
  request: payload.request,
  /** gzipped */
  body: payload.body,
  bodySha256: payload.bodySha256,
};

export type ScannedAnswer = Readonly<Pick<typeof payload.$inferSelect, keyof typeof scannedColumns>>;

/** What happens to an answer: it is deleted, or it loses the seller's rows. Null: it does not contain the seller. */
export type AnswerFate = { readonly kind: 'deleted' } | Extract<ErasedBody, { kind: 'erased' }>;

const deleted = { kind: 'deleted' } as const;

/** Whether the request was about the seller, or about one of its offers. */
function isAskedAbout({ operation, request }: ScannedAnswer, marks: SellerMarks): boolean {
  const isOffer = operation === 'offer.detail' && 'offerId' in request && marks.offerIds.has(request.offerId);
  // Without the seller's names: one of our keywords may be the same.
  return isOffer || namesSeller(JSON.stringify(request), { ...marks, names: [] });
}

/** Decides what happens to an answer. A damaged answer cannot be searched, but nobody can read it either, so it is deleted. */
export async function decideFate(row: ScannedAnswer, marks: SellerMarks): Promise<AnswerFate | null> {
  if (isAskedAbout(row, marks)) return deleted;
  const body = await unpackBody(row).catch(() => null);
  if (body === null) return deleted;
  const text = body.toString();
  // A detail answer is about one seller only.
  if (row.operation === 'offer.detail') return namesSeller(text, marks) ? deleted : null;
  const erased = eraseFromBody(text, marks);
  if (erased.kind === 'untouched') return null;
  return erased.kind === 'hopeless' ? deleted : erased;
}

/** Deletes or replaces the answers to calls, and removes their examples from quarantine and drift. */
export async function applyFates(client: PoolClient, fates: ReadonlyMap<string, AnswerFate>): Promise<void> {
  if (fates.size === 0) return;
  const gone = [...fates].filter(([, fate]) => fate.kind === 'deleted').map(([callId]) => callId);
  await deleteAnswers(client, gone);
  for (const [callId, fate] of fates)
    if (fate.kind === 'erased') await replaceBody(client, callId, fate.text);
  await applySql(client, readSql('forget-samples'), [[...fates.keys()], []]);
}

/** Removes erased sellers and their offers from the stored answers to some calls. */
export async function eraseFromAnswers(
  client: PoolClient,
  callIds: readonly string[],
  marks: SellerMarks,
): Promise<void> {
  if (callIds.length === 0) return;
  const rows = await drizzleOn(client)
    .select(scannedColumns)
    .from(payload)
    .where(inArray(payload.callId, [...callIds]));
  const fates = new Map<string, AnswerFate>();
  for (const row of rows) {
    const fate = await decideFate(row, marks);
    if (fate) fates.set(row.callId, fate);
  }
  await applyFates(client, fates);
}
