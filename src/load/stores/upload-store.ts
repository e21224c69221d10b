import type { Pool } from 'pg';
import type { ImageUpload } from '../../model/records.ts';

/** Pictures that were handed over; answers get there as those of searches get into the catalog. */
export interface UploadStore {
  /** Null: never handed over. */
  find(sha256: string): Promise<ImageUpload | null>;
}

/** Over `sync.image_upload`: the uploads of one app, for ids are of no use to another. */
export function createUploadStore({
  pool,
  appKey,
}: {
  readonly pool: Pool;
  readonly appKey: string;
}): UploadStore {
  return {
    find: async (sha256) => {
      const { rows } = await pool.query<ImageUpload>(
        `SELECT sha256, image_id AS "imageId" FROM sync.image_upload WHERE app_key = $1 AND sha256 = $2`,
        [appKey, sha256],
      );
      return rows[0] ?? null;
    },
  };
}
