import { createHash } from 'node:crypto';
import { missing, readObject, textOf, wrapResult } from './crossborder.ts';
import type { GatewayAnswer } from '../gateway-answer.ts';
import type { Files } from '../read-form.ts';
import type { Params } from '../sign.ts';

/** 1688's bound on a picture (1688 docs image.upload v1); whether it means the picture or its text is not said. */
const maxImageBytes = 300 * 1024;

/** The first bytes of JPEG, PNG, GIF, BMP and of the container of WebP. */
const imageHeads = ['ffd8ff', '89504e47', '47494638', '424d', '52494646'];

/** No picture is shorter: a file that was cut off. */
const minImageBytes = 8;

/** What the upload of something that is no picture gives. */
const invalidId = '0';

/** The id of a picture: the same for the same bytes, so that a second upload changes nothing. */
function imageIdOf(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const isText = /^[A-Za-z0-9+/]+={0,2}$/.test(base64);
  const head = bytes.toString('hex', 0, 4);
  const isImage = isText && imageHeads.some((known) => head.startsWith(known));
  if (!isImage || bytes.length < minImageBytes || bytes.length > maxImageBytes) return invalidId;
  return String(createHash('sha1').update(bytes).digest().readUInt32BE() + 1_000_000_000_000);
}

/** The picture as base64: in the JSON field, or as the file that SDKs send for a parameter of bytes. */
function pictureOf(params: Params, files: Files): string {
  const [file] = files.values();
  if (file !== undefined && !params.has('uploadImageParam')) return file.toString('base64');
  const base64 = textOf(readObject(params, 'uploadImageParam')['imageBase64']);
  if (base64 === null) throw missing('imageBase64');
  return base64;
}

/** `product.image.upload` (1688 docs, v1): an id to search with, `"0"` for what is no picture or too big. */
export function answerUpload(params: Params, files: Files, uploads: Set<string>): GatewayAnswer {
  const base64 = pictureOf(params, files);
  const imageId = imageIdOf(base64);
  if (imageId !== invalidId) uploads.add(imageId);
  return wrapResult(imageId);
}
