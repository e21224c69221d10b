import type { SearchKind } from '../refresh/queue/due-windows.ts';

/** What a run may fetch, besides categories. */
export type FetchKind = SearchKind | 'detail';

export const fetchKinds = ['search', 'seller', 'image', 'detail'] as const satisfies readonly FetchKind[];
