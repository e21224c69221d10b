import { dayMs } from '../core/duration.ts';

/** 1688 lists at most this many records per query, whatever exists (1688 docs keywordQuery v1, measured by clients). */
export const searchReach = 2000;

/** Rows of a page, the most that 1688 gives: a page costs one call whatever its size (1688 docs keywordQuery v1). */
export const pageSize = 50;

/**
 * After 1688 refused to search a category without a keyword, it is asked again after a day. A refused try costs one call: at
 * half, two a day; at double, searches by name would find too little for a day longer.
 */
export const askAgainAfterMs = dayMs;
