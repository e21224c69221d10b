import { Refusal } from './gateway-answer.ts';
import { checkSignature, type Params } from './sign.ts';
import type { SandboxState } from './state.ts';

/** Whether a signature must be there and right, right if it is there, or is not read at all. */
export type SignatureNeed = 'required' | 'optional' | 'ignored';

/** Who calls what. */
export interface SignedCall {
  /** The text that is signed, from `param2/` to the app key. */
  readonly path: string;
  readonly params: Params;
  /** `namespace:name:version`. */
  readonly api: string;
  readonly needsToken: boolean;
  readonly signature: SignatureNeed;
  /** Called once the signature is good: from then on the call counts. */
  readonly onCounted: () => void;
}

/** @throws Refusal unless `appKey` is the sandbox's own */
export function checkApp(appKey: string, ownKey: string): void {
  if (appKey === '') throw new Refusal('gw.AppKeyMissing', 'AppKey is missing');
  if (appKey !== ownKey) throw new Refusal('gw.AppKeyNotFound', 'AppKey is not found');
}

function checkSigned({ path, params, signature }: SignedCall, secret: string): void {
  if (signature === 'ignored') return;
  const check = checkSignature(path, params, secret);
  if (check === 'missing' && signature === 'required')
    throw new Refusal('gw.SignatureMissing', 'Signature is missing');
  if (check === 'invalid') throw new Refusal('gw.SignatureInvalid', 'Invalid signature');
}

function checkSkew(params: Params, at: number, maxSkewMs: number | null): void {
  const stamp = params.get('_aop_timestamp');
  if (maxSkewMs === null || stamp === undefined) return;
  const isNear = Math.abs(Number(stamp) - at) <= maxSkewMs;
  if (!isNear) throw new Refusal('gw.TimestampInvalid', 'Timestamp is too far off');
}

function checkToken({ params }: SignedCall, { tokens }: SandboxState): void {
  const token = params.get('access_token') ?? '';
  if (token === '') throw new Refusal('401', 'Request need user authenticated');
  if (!tokens.admits(token)) throw new Refusal('401', 'Request need user authorized');
}

/**
 * Lets a call through to its API, after every check. Measured by clients is only that the signature comes before
 * the token, the token before the grant, and the grant before the parameters; the places of packages and
 * frequencies are guesses.
 *
 * @throws Refusal from the first check that fails
 */
export function admitCall(call: SignedCall, state: SandboxState): void {
  const { settings, quota } = state;
  const at = state.clock.now().getTime();
  checkSigned(call, state.appSecret());
  call.onCounted();
  quota.count(call.api, at);
  checkSkew(call.params, at, settings.maxSkewMs);
  if (call.needsToken) checkToken(call, state);
  if (state.declined.has(call.api)) throw new Refusal('gw.APIACLDecline', 'AppKey is not allowed(acl)');
  quota.admit(call.api, at);
}
