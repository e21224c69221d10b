import type { Learn } from '../model/learning.ts';
import { advanceWindow } from './advance-window.ts';
import { noteYield } from './note-yield.ts';
import { splitWindow } from './split-window.ts';

/** What search pages teach of the windows that they belong to. */
export const learnWindows: Learn = { window: advanceWindow, split: splitWindow, yield: noteYield };
