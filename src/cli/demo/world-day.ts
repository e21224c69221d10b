import { dayMs } from '../../core/duration.ts';
import type { DemoProgress } from '../../runs/demo-progress.ts';

/**
 * The invented day of the next demo, counted from 1: it runs `day - 1` days ahead of the real clock.
 * A day that was synced to its end is followed by the next one; one that was not is taken up again. The
 * database's time never goes back, also when the machine's clock did.
 */
export function chooseDay(progress: DemoProgress, now: Date): number {
  const { worldBeganAt, lastRun } = progress;
  const lastTime = lastRun?.at ?? worldBeganAt;
  const minAhead = Math.max(0, Math.ceil((lastTime.getTime() - now.getTime()) / dayMs));
  const day = Math.max(lastRun?.day ?? 1, minAhead + 1);
  return lastRun?.isComplete ? day + 1 : day;
}
