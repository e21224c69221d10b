import type { ErrorKind } from '../../core/errors.ts';
import { extractErrors as errors } from '../errors.ts';
import type { Envelope } from './envelope.ts';

type Refusal = Extract<Envelope, { readonly kind: 'refusal' }>;

/*
 * What a refusal means, by 1688's own words. Sources: 1688 docs (500_1, 500_2, old texts), measured by clients
 * on the live gateway (401, ACL, Qos, usage, ParamMissing, APIUnsupported, SignatureMissing, AppKeyMissing),
 * official SDKs and the sister gateway of AliExpress (SignatureInvalid, AppKeyNotFound).
 */
const gatewayCodes: ReadonlyMap<string, ErrorKind> = new Map([
  ['gw.SignatureInvalid', errors.GATEWAY_SIGNATURE_REFUSED],
  ['gw.SignatureMissing', errors.GATEWAY_SIGNATURE_REFUSED],
  ['gw.AppKeyMissing', errors.GATEWAY_APP_KEY_UNKNOWN],
  ['gw.AppKeyNotFound', errors.GATEWAY_APP_KEY_UNKNOWN],
  ['401', errors.GATEWAY_TOKEN_INVALID],
  ['gw.APIACLDecline', errors.GATEWAY_NO_GRANT],
  ['gw.APIUnsupported', errors.GATEWAY_API_UNKNOWN],
  ['gw.ParamMissing', errors.GATEWAY_PARAM_MISSING],
  ['gw.QosAppFrequencyLimit', errors.GATEWAY_TOO_FAST_APP],
  ['gw.QosAPIFrequencyLimit', errors.GATEWAY_TOO_FAST_API],
  ['gw.NoUsageLeftError', errors.GATEWAY_PACKAGE_USED_UP],
  // In no public log so far; it can only mean a wrong clock.
  ['gw.TimestampInvalid', errors.GATEWAY_TIMESTAMP_REFUSED],
]);

const gatewayTexts: readonly (readonly [RegExp, ErrorKind])[] = [
  [/user authori[sz]ation is required|need user auth/i, errors.GATEWAY_TOKEN_INVALID],
  [/invoke (connect error|time ?out|target error)/i, errors.GATEWAY_UNAVAILABLE],
  [/api definition error|unsupport(ed)? api|api unsupported/i, errors.GATEWAY_API_UNKNOWN],
  // Either a rate or a number of calls: a pause is right for both.
  [/exceed the app call time limit|exceeds limited frequency/i, errors.GATEWAY_TOO_FAST_APP],
  [/illegal argument type/i, errors.GATEWAY_PARAM_REFUSED],
  [/required argument/i, errors.GATEWAY_PARAM_MISSING],
  [/invalid signature/i, errors.GATEWAY_SIGNATURE_REFUSED],
  [/not allowed\s*\(acl\)/i, errors.GATEWAY_NO_GRANT],
  [/no usage left/i, errors.GATEWAY_PACKAGE_USED_UP],
];

const businessCodes: ReadonlyMap<string, ErrorKind> = new Map([
  ['500_1', errors.GATEWAY_TRY_LATER],
  ['500_2', errors.GATEWAY_TRY_LATER],
]);

const businessTexts: readonly (readonly [RegExp, ErrorKind])[] = [
  [/数据准备中|请稍后重试/, errors.GATEWAY_TRY_LATER],
];

/** The kind that a code of the gateway stands for. */
export function kindOfCode(code: string): ErrorKind | undefined {
  const known = gatewayCodes.get(code) ?? businessCodes.get(code);
  // An unknown rate limit most likely concerns the app: slowing down too much harms less than the reverse.
  return known ?? (code.startsWith('gw.Qos') ? errors.GATEWAY_TOO_FAST_APP : undefined);
}

/** The kind that a refusal's code, or else its text, stands for; null when neither is known. */
export function knownRefusal(refusal: Refusal): ErrorKind | null {
  const isGateway = refusal.level === 'gateway';
  const code = refusal.code ?? '';
  const byCode = isGateway ? kindOfCode(code) : businessCodes.get(code);
  if (byCode) return byCode;
  const texts = isGateway ? gatewayTexts : businessTexts;
  return texts.find(([pattern]) => pattern.test(refusal.text))?.[1] ?? null;
}
