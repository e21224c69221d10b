import type { Learn } from '../model/learning.ts';
import { advanceWindow } from './searches/advance-window.ts';
import { noteYield } from './searches/note-yield.ts';
import { learnObservation, positionOf, valuesOfPage } from './planner/learn-observation.ts';
import { splitWindow } from './searches/split-window.ts';

/** The functions by which loads learn. */
export const learn: Learn = {
  window: advanceWindow,
  split: splitWindow,
  yield: noteYield,
  offer: learnObservation,
  position: positionOf,
  page: valuesOfPage,
};
