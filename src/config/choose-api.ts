import { guideApiNames } from '../model/guide-api-names.ts';
import {
  apiOperations,
  knownApis,
  type ApiChoice,
  type ApiOperation,
  type KnownApi,
} from '../model/known-apis.ts';

/** The operation that a key of the sync file names: itself, or what a name of the guides promises. */
export function operationOf(name: string): ApiOperation | undefined {
  return guideApiNames[name] ?? apiOperations.find((operation) => operation === name);
}

function answeredBy(api: string): ApiOperation | undefined {
  return apiOperations.find((operation) => (knownApis[operation] as readonly string[]).includes(api));
}

/**
 * Reads what the sync file says of the API that is asked for an operation: one that is known, the name that a
 * guide has for it, or `namespace:name:version`, which is spoken as the known one of that name, or else as the
 * operation's usual one.
 *
 * @returns the choice, or what is wrong with it
 */
export function chooseApi(operation: ApiOperation, text: string): ApiChoice | string {
  const [namespace = '', name = '', version = ''] = /^([\w.]+):([\w.]+):(\d+)$/.exec(text)?.slice(1) ?? [];
  const isAddress = name !== '';
  const named = isAddress ? name : text;
  const answered = answeredBy(named) ?? (isAddress ? operation : guideApiNames[named]);
  if (answered === undefined) {
    return `must be namespace:name:version, or one of ${knownApis[operation].join(', ')}`;
  }
  if (answered !== operation) return `can't be used for ${operation}: it serves ${answered}`;
  const known: readonly KnownApi[] = knownApis[operation];
  const speaks = known.find((api) => api === named) ?? knownApis[operation][0];
  return { speaks, address: isAddress ? { namespace, name, version } : null };
}
