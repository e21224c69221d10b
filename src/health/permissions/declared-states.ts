import { InvalidArgumentError } from 'commander';
import type { DeclaredState } from '../../model/permission.ts';

/** The words of 1688's console. */
export const consoleWords: Readonly<Record<DeclaredState, string>> = {
  not_applied: '未申请',
  pending: '待审核',
  under_review: '审核中',
  granted: '已通过',
  rejected: '已拒绝',
};

const declaredStates = Object.keys(consoleWords) as DeclaredState[];

/** A state by its own word or the console's. @throws InvalidArgumentError */
export function parseDeclaredState(text: string): DeclaredState {
  const state = declaredStates.find((known) => known === text || consoleWords[known] === text);
  if (state) return state;
  throw new InvalidArgumentError(
    `Give one of ${declaredStates.map((known) => `${known} (${consoleWords[known]})`).join(', ')}.`,
  );
}
