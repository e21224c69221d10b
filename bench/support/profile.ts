import type { Profiler } from 'node:inspector/promises';

/** Ours by room, the libraries that matter by name, the rest together. */
function stageOf(url: string): string {
  const room = /\/src\/(\w+)\//.exec(url)?.[1];
  if (room) return room;
  const library = /node_modules\/(bullmq|ioredis|pg|undici|lossless-json)[/-]/.exec(url)?.[1];
  if (library) return library;
  if (url.startsWith('node:')) return 'node';
  // Functions without a file are the runtime's own: mostly writes to sockets.
  return url === '' ? 'native' : 'other';
}

/** Share of the busy samples by stage, largest first; idle time is left out. */
export function shareByStage(profile: Profiler.Profile): [string, number][] {
  const stages = new Map(profile.nodes.map((node) => [node.id, nameOf(node)]));
  const sums = new Map<string, number>();
  profile.samples?.forEach((id, index) => {
    const stage = stages.get(id) ?? 'other';
    if (stage === '') return;
    sums.set(stage, (sums.get(stage) ?? 0) + (profile.timeDeltas?.[index] ?? 0));
  });
  const total = [...sums.values()].reduce((sum, part) => sum + part, 0);
  return [...sums]
    .map(([stage, part]): [string, number] => [stage, part / total])
    .sort((a, b) => b[1] - a[1]);
}

function nameOf({ callFrame }: Profiler.ProfileNode): string {
  if (callFrame.functionName === '(idle)') return '';
  if (callFrame.functionName === '(garbage collector)') return 'garbage';
  // Time outside JavaScript: sockets, compression, hashing.
  if (callFrame.functionName === '(program)') return 'native';
  return stageOf(callFrame.url);
}
