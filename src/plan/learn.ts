import type { Learn } from '../model/learning.ts';
import { advanceWindow } from './advance-window.ts';
import { learnLook, shelfOf, valuesOfPage } from './refresh/learn-look.ts';

/** What loads learn by. */
export const learn: Learn = {
  window: advanceWindow,
  offer: learnLook,
  shelf: shelfOf,
  page: valuesOfPage,
};
