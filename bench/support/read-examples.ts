import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A statement of a page of the docs. */
export interface Example {
  /** The heading above it. */
  readonly heading: string;
  readonly sql: string;
}

/** Every SQL block of a page, in its order. */
export function readExamples(page: string): Example[] {
  const text = readFileSync(join(import.meta.dirname, '../../docs', page), 'utf8');
  return text.split(/^##+ /m).flatMap((section) => {
    const heading = section.slice(0, section.indexOf('\n'));
    return [...section.matchAll(/^```sql\n(.*?)^```/gms)].map((match) => ({ heading, sql: match[1] ?? '' }));
  });
}
