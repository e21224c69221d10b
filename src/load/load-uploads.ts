import type { PoolClient } from 'pg';
import type { LoadableUpload } from '../model/catalog.ts';
import { applySql } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';
import { compareObservations, observationKey, uniqueBy } from '../refresh/update/offer-freshness.ts';

/** Stores the ids of uploaded pictures, so that none is uploaded twice. */
export async function loadUploads(client: PoolClient, answers: readonly LoadableUpload[]): Promise<void> {
  const newestFirst = answers.toSorted((a, b) =>
    compareObservations(observationKey(b.provenance), observationKey(a.provenance)),
  );
  const rows = newestFirst.flatMap(({ record, provenance: { callId, observedAt } }) =>
    record === null
      ? []
      : [{ sha256: record.sha256, image_id: record.imageId, call_id: callId, uploaded_at: observedAt }],
  );
  const merged = uniqueBy(rows, ({ sha256 }) => sha256);
  if (merged.length > 0) await applySql(client, readSql('merge-image-uploads'), [JSON.stringify(merged)]);
}
