import { and, eq } from 'drizzle-orm';
import type { Pool } from 'pg';
import type { ImageUpload } from '../model/records.ts';
import { drizzleOn } from '../db/database.ts';
import { imageUpload } from '../schema/search.ts';

/** Uploaded pictures; their answers are loaded like those of searches. */
export interface UploadStore {
  /** Null: never uploaded. */
  find(sha256: string): Promise<ImageUpload | null>;
}

/** Over `sync.image_upload`, for one app, because ids are of no use to another. */
export function createUploadStore({
  pool,
  appKey,
}: {
  readonly pool: Pool;
  readonly appKey: string;
}): UploadStore {
  const { sha256: hash, imageId } = imageUpload;
  return {
    find: async (sha256) => {
      const [found] = await drizzleOn(pool)
        .select({ sha256: hash, imageId })
        .from(imageUpload)
        .where(and(eq(imageUpload.appKey, appKey), eq(hash, sha256)));
      return found ?? null;
    },
  };
}
