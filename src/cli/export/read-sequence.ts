import { InvalidArgumentError } from 'commander';
import { parseSequence, type ChangeSequence } from '../../maintenance/export/change-sequence.ts';

/** In an object, because commander takes a value of null for none. */
export interface ChangesSince {
  readonly sequence: ChangeSequence;
}

/**
 * The value of `--changes-since`: the `to` of an earlier manifest, or `start`.
 *
 * @throws InvalidArgumentError
 */
export function readSequence(text: string): ChangesSince {
  const sequence = parseSequence(text);
  if (sequence !== undefined) return { sequence };
  throw new InvalidArgumentError(
    'Give the "to" of the manifest.json of the export before, like 3f2a90b1c4d5-815023, or start.',
  );
}
