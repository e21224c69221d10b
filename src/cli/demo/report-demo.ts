import type { Pool } from 'pg';
import { apiOf, endpoints } from '../../extract/endpoints/endpoints.ts';
import type { QuotaStatus } from '../../ledger/quota-store.ts';
import { createStatusStore, type CatalogCounts } from '../../health/status-store.ts';
import { listAvailabilityChanges, type AvailabilityChange } from '../../load/list-availability-changes.ts';
import { listPriceMoves, type PriceMove, type PriceMoves } from '../../load/list-price-moves.ts';
import { demoTrigger } from '../../runs/demo-progress.ts';
import type { Run } from '../../model/run.ts';
import { nearPath, shellWord } from '../../app/command-for.ts';
import type { Session } from '../../app/session.ts';
import { formatRun } from '../show-run.ts';
import { truncateToWidth } from '../../terminal/display-width.ts';
import { formatTable, type Column } from '../../terminal/format-table.ts';
import { safeJson, safeText } from '../../terminal/safe-text.ts';

const maxMoves = 8;
/** Cells of a table of price moves without its subjects and labels, with prices below 10,000. */
const fixedWidth = 47;
/** Cells that subjects and labels share: at least so many that they say something, at most for 100 columns. */
const textWidth = { min: 30, max: 53 } as const;

const amount = (value: number): string => value.toLocaleString('en');
const right = (header: string): Column => ({ header, align: 'right' });

function formatSize(size: CatalogCounts): string {
  const rows = [
    ['categories', amount(size.categories), 'catalog.category'],
    ['offers', amount(size.offers), 'catalog.offer'],
    ['SKUs', amount(size.skus), 'catalog.sku'],
    ['prices', amount(size.prices), 'catalog.price'],
    ['earlier prices', amount(size.closedPrices), 'catalog.price_history'],
  ];
  return formatTable([{ header: 'the catalog now' }, right('rows'), { header: 'table' }], rows);
}

/** Calls of one API on the ledger's day. */
interface ApiUse {
  readonly operation: string;
  /** 1688's name. */
  readonly name: string;
  readonly used: number;
  readonly quota: number;
}

/** The called APIs, by operation. */
function listUse(status: readonly QuotaStatus[]): ApiUse[] {
  return Object.entries(endpoints).flatMap(([operation, endpoint]) => {
    const limit = status.find((row) => row.period === 'day' && row.api === apiOf(endpoint));
    if (!limit || limit.used === 0) return [];
    return [{ operation, name: endpoint.name, used: limit.used, quota: limit.callLimit }];
  });
}

function formatUse(use: readonly ApiUse[]): string {
  const columns = [{ header: 'calls' }, { header: '1688 API' }, right('used today'), right('daily quota')];
  return formatTable(
    columns,
    use.map(({ operation, name, used, quota }) => [operation, name, amount(used), amount(quota)]),
  );
}

function formatMoves(moves: readonly PriceMove[], terminalWidth = 100): string {
  const room = Math.min(textWidth.max, Math.max(textWidth.min, terminalWidth - fixedWidth));
  const subjectWidth = Math.ceil(room * 0.55);
  const columns = [
    { header: 'offer' },
    { header: 'subject' },
    { header: 'SKU or quantity' },
    { header: 'price' },
    right('was ¥'),
    right('is ¥'),
  ];
  const rows = moves.map((move) => [
    move.offerId,
    truncateToWidth(safeText(move.subject ?? ''), subjectWidth),
    truncateToWidth(safeText(move.label ?? `from ${amount(move.minQuantity)}`), room - subjectWidth),
    move.kind,
    move.fromCny,
    move.toCny,
  ]);
  return formatTable(columns, rows);
}

function describeChange({ change, was }: AvailabilityChange): string {
  switch (change) {
    case 'listed_again':
      return `listed again, was ${was ?? 'gone'}`;
    case 'sold_out':
      return `sold out, had ${amount(Number(was))}`;
    case 'in_stock_again':
      return 'in stock again';
    default:
      return change satisfies never;
  }
}

function formatChanges(changes: readonly AvailabilityChange[]): string {
  const rows = changes.map((row) => [
    row.offerId,
    truncateToWidth(safeText(row.subject ?? ''), textWidth.min),
    describeChange(row),
  ]);
  return formatTable([{ header: 'offer' }, { header: 'subject' }, { header: 'now' }], rows);
}

interface DemoFacts {
  readonly run: Run;
  readonly day: number;
  readonly pool: Pool;
  readonly quota: readonly QuotaStatus[];
}

/** Prints what the demo did, the present counts, and the changed prices: tables, or one JSON object. */
export async function reportDemo(session: Session, facts: DemoFacts): Promise<void> {
  const { run, day, pool } = facts;
  const { counts } = await createStatusStore({ pool }).countCatalog();
  const use = listUse(facts.quota);
  const moves = await listPriceMoves(pool, demoTrigger(day), maxMoves);
  const changes = await listAvailabilityChanges(pool, demoTrigger(day), maxMoves);
  if (session.isJson) {
    const { categories, offers, skus, prices, closedPrices: history } = counts;
    const catalog = { categories, offers, skus, prices, history };
    session.print(safeJson({ day, run, catalog, calls: use, priceMoves: moves, availability: changes }));
    return;
  }
  // The plan of a new invented world is of no use to a new user; the page of the run has it.
  const shown = formatRun({ ...run, forecast: null });
  session.print([shown, formatSize(counts), formatUse(use)].join('\n\n'));
  printMoves(session, moves);
  if (changes.length > 0)
    session.print(`\nOffers that can be ordered no longer, or again:\n\n${formatChanges(changes)}`);
}

function printMoves(session: Session, moves: PriceMoves): void {
  if (moves.offers === 0) return;
  const offers = moves.offers === 1 ? '1 offer' : `${amount(moves.offers)} offers`;
  session.print(`\nPrices of ${offers} moved; the largest moves:\n`);
  session.print(formatMoves(moves.largest, session.context.stdout.columns));
}

/** Says where to go from here, in commands that can be typed as they are. */
export function talkNext(session: Session, folder: string, run: Run): void {
  const { cwd, env, command } = session.context;
  // A database of the user would come before the one of the folder.
  const start = env['DATABASE_URL'] ? `env -u DATABASE_URL ${command}` : command;
  const lineOf = (verb: string) => `  ${start} ${verb} --project ${shellWord(nearPath(cwd, folder))}`;
  const again =
    run.status === 'succeeded' ? 'one simulated day will have passed' : 'it fetches what is still missing';
  session.talk(
    [
      '',
      'Explore:',
      lineOf('status'),
      `${lineOf('sql')} "select subject from catalog.offer limit 9"`,
      `Go on:    run the demo again: ${again}`,
      'Go live:  docs/go-live.md',
    ].join('\n'),
  );
}
