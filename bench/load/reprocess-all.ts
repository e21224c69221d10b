import type { Pool } from 'pg';
import { readAgain } from '../../src/jobs/normalize-and-load.ts';
import { reprocess } from '../../src/maintenance/reprocess/reprocess.ts';
import { openReprocess } from '../../src/maintenance/reprocess/reprocess-store.ts';
import type { ReprocessCounts, ReprocessSelection } from '../../src/model/reprocess.ts';
import { normalizerVersion } from '../../src/transform/normalize-answer.ts';
import { learn } from '../../src/refresh/learn.ts';

const allDetails: ReprocessSelection = {
  operation: 'offer.detail',
  offerId: null,
  since: null,
  isQuarantined: false,
  olderThanVersion: null,
};

/** Reads every stored detail again and applies what it says. Returns what was changed. */
export async function reprocessDetails(pool: Pool): Promise<ReprocessCounts> {
  const selection = allDetails;
  const work = await openReprocess({
    pool,
    selection,
    normalizerVersion,
    learn,
    isApplied: true,
    read: readAgain,
  });
  try {
    const result = await reprocess(work, selection, {
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    if (result === null) throw new Error('nobody stops it');
    return result.counts;
  } finally {
    await work.release();
  }
}

/** Makes every offer one that an older version read wrongly: its unit, and its list prices. */
export async function spoilOffers(pool: Pool): Promise<void> {
  await pool.query(
    `UPDATE catalog.offer SET unit = '???', content_hash = sha256(content_hash), normalizer_version = 1
     WHERE content_hash IS NOT NULL`,
  );
  await pool.query(`UPDATE catalog.price SET amount_cny = amount_cny + 1 WHERE kind = 'list'`);
  await pool.query('VACUUM ANALYZE catalog.offer, catalog.price');
}
