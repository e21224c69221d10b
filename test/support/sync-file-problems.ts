import { AppError } from '../../src/core/errors.ts';
import { parseSyncFile } from '../../src/config/parse-sync-file.ts';

/** The problems of a bad file, one a line, without the lead. */
export function problemsOf(text: string): string[] {
  try {
    parseSyncFile(text, 'f.yaml');
  } catch (error) {
    if (error instanceof AppError && error.code === 'CONFIG_FILE_INVALID')
      return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
}
