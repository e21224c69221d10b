import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { PoolClient } from 'pg';
import { drizzleOn } from '../db/database.ts';
import { ledgerNow } from '../db/ledger-now.ts';
import { payload } from '../schema/raw.ts';
import { packBody } from './stored-answer.ts';

/** Marks answers as loaded, and notes the version of the code that read them. @returns those that were not loaded before */
export async function markLoaded(
  client: PoolClient,
  rawIds: readonly string[],
  normalizerVersion: number | null,
): Promise<Set<string>> {
  const rows = await drizzleOn(client)
    .update(payload)
    .set({ loadedAt: sql`(SELECT clock_timestamp())`, normalizerVersion })
    .where(and(inArray(payload.rawId, [...rawIds]), isNull(payload.loadedAt)))
    .returning({ rawId: payload.rawId });
  return new Set(rows.map(({ rawId }) => rawId));
}

/** Notes the version of the code that read answers again. */
export async function noteVersion(
  client: PoolClient,
  rawIds: readonly string[],
  normalizerVersion: number | null,
): Promise<void> {
  const isOther = sql`${payload.normalizerVersion} IS DISTINCT FROM ${normalizerVersion}`;
  await drizzleOn(client)
    .update(payload)
    .set({ normalizerVersion })
    .where(and(inArray(payload.rawId, [...rawIds]), isOther));
}

export async function deleteAnswers(client: PoolClient, callIds: readonly string[]): Promise<void> {
  await drizzleOn(client)
    .delete(payload)
    .where(inArray(payload.callId, [...callIds]));
}

/** Puts another body into the place of the answer's to a call, which is erased. */
export async function replaceBody(client: PoolClient, callId: string, text: string): Promise<void> {
  const { gzipped: body, bytes: bodyBytes, sha256: bodySha256 } = await packBody(Buffer.from(text));
  await drizzleOn(client)
    .update(payload)
    .set({ body, bodyBytes, bodySha256, erasedAt: ledgerNow })
    .where(eq(payload.callId, callId));
}
