import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Where the demo's made-up world stands between two runs of the demo. */
export interface DemoWorld {
  readonly startAt: Date;
  /** Days that demos have skipped so far, ahead of the real clock. */
  readonly daysAhead: number;
}

const shape = z.object({
  startAt: z.iso.datetime().transform((text) => new Date(text)),
  daysAhead: z.int().min(0),
});

const fileOf = (folder: string): string => join(folder, 'world.json');

/** Null: no demo has run here, or its file is damaged, and the world begins anew. */
export function readWorld(folder: string): DemoWorld | null {
  try {
    const parsed = shape.safeParse(JSON.parse(readFileSync(fileOf(folder), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Written beside and renamed: a demo that is killed half-way leaves the old file or the new one. */
export function writeWorld(folder: string, world: DemoWorld): void {
  mkdirSync(folder, { recursive: true });
  const draft = `${fileOf(folder)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(world)}\n`);
  renameSync(draft, fileOf(folder));
}
