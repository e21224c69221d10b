import type { WindowState } from '../../../../src/model/learning.ts';

/** A window that was never asked for. */
export const freshWindow: WindowState = {
  nextPage: 1,
  passStartedAt: null,
  isPassSteady: true,
  isDoubted: false,
  rowsSeen: 0,
  idsListed: 0,
  newOffers: 0,
  changedOffers: 0,
  stalePages: 0,
  totalRecords: null,
  completedAt: null,
  lastOutcome: null,
  lastReach: null,
  lastNew: null,
  lastChanged: null,
  fullPassAt: null,
  savedCalls: 0,
  completeSince: null,
  maxPages: null,
};
