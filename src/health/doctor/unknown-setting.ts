import { configKeys, secretKeys } from '../../config/environment.ts';
import { nearestKey } from '../../config/nearest-key.ts';

/** The variables that are read. */
const readKeys: ReadonlySet<string> = new Set([...configKeys, ...secretKeys.map((key) => `${key}_FILE`)]);

/** Whether a variable is one that is read. */
export const isSetting = (key: string): boolean => readKeys.has(key);

/** What is wrong with the name of a variable that is meant to be ours; null: nothing, or it is not ours. */
export function describeUnknownSetting(key: string): string | null {
  // The tools of Alibaba Cloud have theirs.
  if (isSetting(key) || !key.startsWith('ALIBABA_') || key.startsWith('ALIBABA_CLOUD_')) return null;
  return `is not a setting that is read: did you mean ${nearestKey(key, [...readKeys]) ?? ''}?`;
}
