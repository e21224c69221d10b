import type { FieldReader } from './field-reader.ts';

/**
 * An offer's title with its translation. About 40 % of the offers have none, and 1688 then repeats the Chinese
 * text in `subjectTrans` (measured by clients), which is no translation.
 */
export function readSubject(row: FieldReader): {
  readonly subject: string | null;
  readonly subjectTranslated: string | null;
} {
  const subject = row.text('subject');
  const translation = row.text('subjectTrans');
  return { subject, subjectTranslated: translation === subject ? null : translation };
}
