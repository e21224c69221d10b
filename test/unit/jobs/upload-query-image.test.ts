import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { databaseErrors } from '../../../src/db/errors.ts';
import { createQueryImageUpload, type QueryImageDeps } from '../../../src/jobs/upload-query-image.ts';
import type { CallWaiting, GatewayAnswer } from '../../../src/model/gateway.ts';
import type { ImageUpload } from '../../../src/model/records.ts';

const projectDir = mkdtempSync(join(tmpdir(), 'catalog-sync-uploads-'));
afterAll(() => rmSync(projectDir, { recursive: true }));
writeFileSync(join(projectDir, 'bag.jpg'), Buffer.from('ffd8ffe000104a464946', 'hex'));

const dayMs = 86_400_000;
const context = { runId: '7', jobId: null, windowId: '3', lane: 'discovery', freshForMs: 5 } as const;
const answer = {
  ...{ kind: 'answered', isCached: false, windowId: null, payload: null },
  request: { operation: 'image.upload', sha256: 'x' },
  provenance: { callId: '1', rawId: '2', runId: '7', observedAt: new Date(0) },
} as GatewayAnswer;

/** A picture that was handed over as `known` says, or is answered as `given` says and then found as `loaded`. */
function open(parts: {
  readonly known?: ImageUpload;
  readonly given?: GatewayAnswer;
  readonly loaded?: ImageUpload;
  readonly failure?: AppError;
}) {
  const asked: number[] = [];
  let isLoaded = false;
  const deps: QueryImageDeps = {
    gateway: {
      uploadImage: async (_, { freshForMs }) => {
        asked.push(freshForMs);
        return parts.given ?? answer;
      },
    },
    loader: {
      load: async () => {
        isLoaded = true;
        return parts.failure ? [{ rawId: '2', error: parts.failure }] : [];
      },
    },
    uploads: { find: async () => parts.known ?? (isLoaded ? (parts.loaded ?? null) : null) },
    projectDir,
  };
  return { asked, upload: (image = 'bag.jpg') => createQueryImageUpload(deps)(image, context) };
}

const known = { sha256: 'x', imageId: 'i1' };

describe('a picture to search by', () => {
  it('is left as it is where it is a url', async () => {
    const { asked, upload } = open({});
    expect(await upload('https://cbu01.alicdn.com/a.jpg')).toEqual({
      kind: 'address',
      url: 'https://cbu01.alicdn.com/a.jpg',
    });
    expect(asked).toEqual([]);
  });

  it('is handed over once, or found by an answer of the last year', async () => {
    const before = open({ known });
    expect(await before.upload()).toEqual({ kind: 'uploaded', imageId: 'i1' });
    expect(before.asked).toEqual([]);
    const now = open({ loaded: known });
    expect(await now.upload()).toEqual({ kind: 'uploaded', imageId: 'i1' });
    expect(now.asked).toEqual([365 * dayMs]);
  });

  it('is refused where 1688 has no id for it, or its answer is not there', async () => {
    await expect(open({ known: { ...known, imageId: null } }).upload()).rejects.toMatchObject({
      code: 'IMAGE_REFUSED',
    });
    await expect(open({}).upload()).rejects.toMatchObject({ code: 'INTERNAL' });
    const failure = new AppError(databaseErrors.DATABASE_REJECTED, 'no row');
    await expect(open({ failure }).upload()).rejects.toBe(failure);
  });

  it.each<[CallWaiting['by'], number | null, boolean]>([
    ['second', null, true],
    ['in_flight', 10_000_000, true],
    ['day', 300_000, true],
    ['day', 300_001, false],
    ['month', null, false],
    ['hold', 1000, true],
    ['hold', null, false],
  ])('that waits for %s, %s ms, may wait in the queue: %s', async (by, retryAfterMs, mayWait) => {
    const given = { kind: 'waiting', by, retryAfterMs } as const;
    const uploaded = open({ given }).upload();
    if (mayWait) expect(await uploaded).toEqual(given);
    else await expect(uploaded).rejects.toMatchObject({ code: 'IMAGE_UPLOAD_UNAVAILABLE', facts: { by } });
  });
});
