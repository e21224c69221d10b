import type { Breach } from '../evidence.ts';

/** Something that was written, by name. */
export interface Writing {
  readonly name: string;
  readonly text: string;
}

/** What a request is signed with, by the names that it has on the wire. */
const signs = /_aop_signature|client_secret=|access_token=/;

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [secret, bytes.toString('hex'), bytes.toString('base64').slice(0, -4)];
}

/** No secret, plain or encoded, and no signature is in anything that was written. */
export async function judgeSecrets(
  writings: AsyncIterable<Writing> | Iterable<Writing>,
  secrets: Readonly<Record<string, string>>,
): Promise<Breach[]> {
  const forms = Object.entries(secrets).map(([name, secret]) => ({ name, forms: formsOf(secret) }));
  const found = new Set<string>();
  for await (const { name, text } of writings) {
    for (const secret of forms) {
      if (secret.forms.some((form) => text.includes(form))) found.add(`${secret.name} is in ${name}`);
    }
    if (signs.test(text)) found.add(`a signed request is in ${name}`);
  }
  return [...found].map((what) => ({ judge: 'secrets', what, callIds: [] }));
}
