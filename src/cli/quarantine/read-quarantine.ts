import { AppError } from '../../core/errors.ts';
import { readStored } from '../../extract/read-stored.ts';
import { createQuarantineStore, type QuarantineRow } from '../../health/quarantine-store.ts';
import { createRawStore } from '../../raw/raw-store.ts';
import type { Pool } from 'pg';
import { cliErrors } from '../../app/errors.ts';
import { pieceAround, type AnswerPiece } from './piece-around.ts';

/** A value that could not be used, with the part of its answer that held it. */
export interface QuarantinedValue {
  readonly row: QuarantineRow;
  /** Null: see `unreadable`. */
  readonly piece: AnswerPiece | null;
  /** Why there is no piece: `not_kept` (the answer's month was dropped), or a code of docs/errors.md. */
  readonly unreadable: string | null;
}

async function findPiece(pool: Pool, { rawId, path }: QuarantineRow) {
  try {
    const stored = await createRawStore({ pool }).read(rawId);
    if (stored === null) return { piece: null, unreadable: 'not_kept' };
    return { piece: pieceAround(readStored(stored), path), unreadable: null };
  } catch (error) {
    if (!(error instanceof AppError) || error.recovery === 'retry') throw error;
    return { piece: null, unreadable: error.code };
  }
}

/** @throws AppError QUARANTINE_UNKNOWN, DATABASE_* */
export async function readQuarantined(pool: Pool, quarantineId: string): Promise<QuarantinedValue> {
  const row = await createQuarantineStore({ pool }).read(quarantineId);
  if (row !== null) return { row, ...(await findPiece(pool, row)) };
  throw new AppError(cliErrors.QUARANTINE_UNKNOWN, `there is no row ${quarantineId} in quarantine`, {
    facts: { quarantineId },
  });
}
