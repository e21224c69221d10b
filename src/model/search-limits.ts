/** 1688 lists at most this many records per query, whatever exists (1688 docs keywordQuery v1, measured by clients). */
export const searchReach = 2000;

/** Rows of a page, the most that 1688 gives: a page costs one call whatever its size (1688 docs keywordQuery v1). */
export const pageSize = 50;
