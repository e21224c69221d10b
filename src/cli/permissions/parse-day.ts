import { InvalidArgumentError } from 'commander';
import { startOfShanghaiDay } from '../../core/shanghai-time.ts';

/** A day in Asia/Shanghai. @throws InvalidArgumentError */
export function parseDay(text: string): Date {
  const day = startOfShanghaiDay(text);
  if (day) return day;
  throw new InvalidArgumentError('Give a day like 2026-11-20.');
}
