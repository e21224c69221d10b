import { describe, expect, it } from 'vitest';
import { AppError, coreErrors } from '../../../src/core/errors.ts';
import { databaseErrors } from '../../../src/db/errors.ts';
import { createCatalogLoader, readAgain } from '../../../src/jobs/normalize-and-load.ts';
import type { LoadReport } from '../../../src/model/catalog.ts';
import type { CallAnswered } from '../../../src/model/gateway.ts';
import type { StoredAnswer } from '../../../src/model/ledger.ts';
import { rawErrors } from '../../../src/raw/errors.ts';
import { categoryOf, categoryPayload } from '../../support/stored-answers.ts';

const report: LoadReport = {
  ...{ categories: 1, offersNew: 0, offersCompleted: 0, offersChanged: 0, offersUnchanged: 0 },
  ...{ pricesOpened: 0, pricesClosed: 0, rejects: 0 },
};

const observedAt = new Date('2026-11-28T00:00:00Z');

const fresh = (rawId: string): CallAnswered => ({
  kind: 'answered',
  provenance: { callId: rawId, rawId, runId: '7', observedAt },
  request: categoryOf('5'),
  windowId: null,
  payload: categoryPayload('5', ['6']),
  isCached: false,
});

const stored = (rawId: string, changes: Partial<StoredAnswer> = {}): StoredAnswer => ({
  ...{ rawId, callId: rawId, runId: '7', windowId: null, observedAt, httpStatus: 200 },
  request: categoryOf('5'),
  body: Buffer.from(JSON.stringify(categoryPayload('5', ['6']))),
  ...changes,
});

/** A catalog that refuses what holds one answer; `loads` are the answers of each transaction. */
function open(refused?: { readonly rawId: string; readonly error: AppError }) {
  const loads: string[][] = [];
  const counted: string[] = [];
  const loader = createCatalogLoader({
    catalog: {
      load: async (answers, book) => {
        const ids = answers.map(({ provenance }) => provenance.rawId);
        loads.push(ids);
        if (refused && ids.includes(refused.rawId)) throw refused.error;
        await book?.(null as never, report);
        return report;
      },
    },
    addCounts: (_, runId) => Promise.resolve(counted.push(runId)).then(() => undefined),
  });
  return { loader, loads, counted };
}

const ids = (found: readonly { readonly rawId: string; readonly error: AppError }[]) =>
  found.map(({ rawId, error }) => [rawId, error.code]);

describe('fresh answers', () => {
  it('are loaded in one transaction, and booked to the run that asked', async () => {
    const { loader, loads, counted } = open();
    expect(await loader.load([fresh('1'), fresh('2')], '9')).toEqual([]);
    expect([loads, counted]).toEqual([[['1', '2']], ['9']]);
  });

  it('are nothing to load where there are none', async () => {
    const { loader, loads, counted } = open();
    expect(await loader.load([], '9')).toEqual([]);
    expect([loads, counted]).toEqual([[], []]);
  });

  it.each([
    ['fail', new AppError(coreErrors.INTERNAL, 'no'), 'INTERNAL'],
    ['skip', new AppError(rawErrors.RAW_DAMAGED, 'no'), 'RAW_DAMAGED'],
  ])('do not hold back the others when one can never be loaded (%s)', async (recovery, error, code) => {
    expect(error.recovery).toBe(recovery);
    const { loader, loads, counted } = open({ rawId: '2', error });
    expect(ids(await loader.load([fresh('1'), fresh('2'), fresh('3')], '9'))).toEqual([['2', code]]);
    expect(loads).toEqual([['1', '2', '3'], ['1'], ['2'], ['3']]);
    expect(counted).toEqual(['9', '9']);
  });

  it('are all tried again when the database is away', async () => {
    const away = new AppError(databaseErrors.DATABASE_UNREACHABLE, 'no');
    const { loader, loads } = open({ rawId: '2', error: away });
    await expect(loader.load([fresh('1'), fresh('2')], '9')).rejects.toBe(away);
    expect(loads).toEqual([['1', '2']]);
  });
});

describe('stored answers', () => {
  it('are loaded one by one, each booked to its run', async () => {
    const { loader, loads, counted } = open();
    const answers = [stored('1'), stored('2', { runId: null }), stored('3', { runId: '8' })];
    expect(await loader.loadStored(answers)).toEqual([]);
    expect([loads, counted]).toEqual([
      [['1'], ['2'], ['3']],
      ['7', '8'],
    ]);
  });

  it('that cannot be read are named, and the others loaded', async () => {
    const { loader, loads } = open();
    const answers = [stored('1', { body: Buffer.from('<html>') }), stored('2')];
    expect(ids(await loader.loadStored(answers))).toEqual([['1', 'STORED_ANSWER_UNREADABLE']]);
    expect(loads).toEqual([['2']]);
  });

  it('that have no place in the catalog are loaded by nothing to do', async () => {
    const { loader, loads, counted } = open();
    expect(await loader.loadStored([stored('1', { request: { operation: 'system.time' } })])).toEqual([]);
    expect([loads, counted]).toEqual([[], []]);
  });
});

describe('an answer that is read again', () => {
  it('is what today reads in it, or nothing', () => {
    expect(readAgain(stored('1'))).toMatchObject({ provenance: { rawId: '1', callId: '1', runId: '7' } });
    expect(readAgain(stored('1', { request: { operation: 'system.time' } }))).toBeNull();
    expect(readAgain(stored('1', { body: Buffer.from('<html>') }))).toBeNull();
  });

  it('is an error where the program is wrong', () => {
    const broken = { ...stored('1'), request: null } as unknown as StoredAnswer;
    expect(() => readAgain(broken)).toThrow(TypeError);
  });
});
