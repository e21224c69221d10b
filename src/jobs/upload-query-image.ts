import { createHash } from 'node:crypto';
import { dayMs } from '../core/duration.ts';
import { AppError, coreErrors } from '../core/errors.ts';
import { isPicturePath, readImageFile } from '../extract/read-image-file.ts';
import type { UploadStore } from '../load/upload-store.ts';
import type { CallContext, CallWaiting, Gateway } from '../model/gateway.ts';
import type { QueryImage } from '../model/operation.ts';
import type { ImageUpload } from '../model/records.ts';
import { jobErrors } from './errors.ts';
import { maxQueueWaitMs } from './job-kinds.ts';
import type { CatalogLoader } from './normalize-and-load.ts';

export interface QueryImageDeps {
  readonly gateway: Pick<Gateway, 'uploadImage'>;
  readonly loader: Pick<CatalogLoader, 'load'>;
  readonly uploads: UploadStore;
  /** Base of the paths of pictures. */
  readonly projectDir: string;
}

type QueryImageContext = CallContext & { readonly runId: string };

/**
 * Makes a picture of the sync file available to 1688: a URL is left as it is, a file is uploaded once.
 *
 * @throws AppError IMAGE_*, GATEWAY_*
 */
export type UploadQueryImage = (
  image: string,
  context: QueryImageContext,
) => Promise<QueryImage | CallWaiting>;

/** An upload whose process died before it was loaded is found by its answer. How long ids are valid is not known. */
const uploadFreshForMs = 365 * dayMs;

/** Waits that may be longer than a queue waits. Uploads have no queue of their own, and would be tried again and again. */
const longWaits: ReadonlySet<CallWaiting['by']> = new Set(['hold', 'day', 'month']);

/** @see UploadQueryImage */
export function createQueryImageUpload(deps: QueryImageDeps): UploadQueryImage {
  return async (image, context) => {
    if (!isPicturePath(image)) return { kind: 'address', url: image };
    const bytes = await readImageFile(deps.projectDir, image);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const upload = (await deps.uploads.find(sha256)) ?? (await handOver(deps, bytes, context));
    if ('by' in upload) return refuseLongWait(image, upload);
    if (upload.imageId !== null) return { kind: 'uploaded', imageId: upload.imageId };
    const message = `1688 can't use the picture ${image}`;
    throw new AppError(jobErrors.IMAGE_REFUSED, message, { facts: { image, sha256 } });
  };
}

async function handOver(
  { gateway, loader, uploads }: QueryImageDeps,
  bytes: Uint8Array,
  context: QueryImageContext,
): Promise<ImageUpload | CallWaiting> {
  const answer = await gateway.uploadImage(bytes, {
    ...context,
    windowId: null,
    freshForMs: uploadFreshForMs,
  });
  if (answer.kind === 'waiting') return answer;
  const [failure] = await loader.load([answer], context.runId);
  if (failure) throw failure.error;
  const upload =
    answer.request.operation === 'image.upload' ? await uploads.find(answer.request.sha256) : null;
  if (upload) return upload;
  throw new AppError(coreErrors.INTERNAL, 'an upload was loaded and is not there', {
    facts: { callId: answer.provenance.callId },
  });
}

/** @throws AppError IMAGE_UPLOAD_UNAVAILABLE */
function refuseLongWait(image: string, wait: CallWaiting): CallWaiting {
  const isShort = wait.retryAfterMs !== null && wait.retryAfterMs <= maxQueueWaitMs;
  if (isShort || !longWaits.has(wait.by)) return wait;
  const message = `the picture ${image} can't be uploaded to 1688 now`;
  throw new AppError(jobErrors.IMAGE_UPLOAD_UNAVAILABLE, message, { facts: { image, by: wait.by } });
}
