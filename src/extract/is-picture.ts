/** How picture files begin; a WebP has four bytes of length in between. */
const heads = [/^\xff\xd8\xff/, /^\x89PNG\r\n/, /^GIF8[79]a/, /^RIFF[^]{4}WEBP/];

/** True if the bytes begin like a JPEG, PNG, GIF or WebP: the formats that 1688 and its site use for pictures. */
export function isPicture(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  return heads.some((head) => head.test(start));
}
