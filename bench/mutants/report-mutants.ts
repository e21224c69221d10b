import { formatTable } from '../../src/terminal/format-table.ts';
import type { Verdict } from './judge-mutants.ts';
import { describeMutant } from './mutant.ts';

const count = (verdicts: readonly Verdict[], outcome: Verdict['outcome']): number =>
  verdicts.filter((verdict) => verdict.outcome === outcome).length;

/** Caught, of those that a test can catch; a room without any has no score. */
function score(verdicts: readonly Verdict[]): string {
  const possible = verdicts.length - count(verdicts, 'equivalent');
  return possible === 0 ? '' : `${Math.round((count(verdicts, 'caught') / possible) * 100)} %`;
}

const row = (name: string, verdicts: readonly Verdict[]): string[] => [
  name,
  String(verdicts.length),
  ...(['caught', 'survived', 'equivalent'] as const).map((outcome) => String(count(verdicts, outcome))),
  score(verdicts),
];

/** One line for each room and one for all, then every survivor. */
export function reportMutants(verdicts: readonly Verdict[]): string {
  const rooms = [...new Set(verdicts.map(({ mutant }) => mutant.room))];
  const rows = rooms.map((room) =>
    row(
      room,
      verdicts.filter(({ mutant }) => mutant.room === room),
    ),
  );
  const head = ['room', 'mutants', 'caught', 'survived', 'equivalent', 'score'];
  const columns = head.map((header, at) => (at === 0 ? { header } : { header, align: 'right' as const }));
  const survivors = verdicts.filter(({ outcome }) => outcome === 'survived');
  const list = survivors.map(({ mutant, by }) => `${describeMutant(mutant)} (${by} passed)`);
  const table = formatTable(columns, [...rows, row('all', verdicts)]);
  return [table, ...(list.length === 0 ? [] : ['', 'Survivors:', ...list])].join('\n');
}
