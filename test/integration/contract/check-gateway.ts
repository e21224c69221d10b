import { Secret } from '../../../src/core/secret.ts';
import { signedForm } from '../../../src/extract/gateway/sign.ts';
import { createTransport, type Transport } from '../../../src/extract/gateway/transport.ts';
import { contractCalls, type ContractCall, type Known } from './contract-calls.ts';
import { describeField, type Answer } from '../../support/describe-field.ts';

/** A gateway and what it knows us by. */
export interface ContractTarget {
  readonly baseUrl: string;
  readonly appKey: string;
  readonly appSecret: Secret;
  /** Null: questions that need one are left out. */
  readonly accessToken: Secret | null;
}

/** What one field of one answer turned out to be. */
export interface Finding {
  readonly call: string;
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  readonly holds: boolean;
}

/** A call that says nothing about the contract. */
interface Omission {
  readonly call: string;
  readonly reason: string;
}

export interface ContractResult {
  readonly findings: readonly Finding[];
  readonly omitted: readonly Omission[];
  /** Requests that left. */
  readonly callsMade: number;
}

function formOf(
  call: ContractCall,
  target: ContractTarget,
  urlPath: string,
  params: Readonly<Record<string, string>>,
) {
  const token = call.needsToken && call.withhold !== 'token' ? target.accessToken : null;
  const secret = call.withhold === 'signature' ? new Secret('not-the-secret') : target.appSecret;
  return signedForm(secret, urlPath, { ...params, ...(token ? { access_token: token.reveal() } : {}) });
}

function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

async function ask(
  transport: Transport,
  target: ContractTarget,
  call: ContractCall,
  params: Readonly<Record<string, string>>,
): Promise<Answer | string> {
  const [namespace = '', name = '', version = ''] = call.api.split(':');
  const urlPath = `param2/${version}/${namespace}/${name}/${target.appKey}`;
  const form = formOf(call, target, urlPath, params);
  const sent = await transport.send({
    urlPath,
    form,
    requestId: `contract-${call.name.replace(/\W+/g, '-')}`,
  });
  if (sent.kind === 'failure') return `no answer: ${sent.code}`;
  return { status: sent.answer.status, body: parseBody(sent.answer.body) };
}

function judge(call: ContractCall, answer: Answer): Finding[] {
  return call.fields.map((field) => {
    const found = describeField(answer, field);
    return {
      call: call.name,
      path: field.path === '' ? '(the body)' : field.path,
      expected: field.allowed.join(' or '),
      found: found.length === 0 ? 'no rows' : found.join(' and '),
      holds: found.length > 0 && found.every((item) => field.allowed.includes(item)),
    };
  });
}

/** A refusal that is about us and not about the form of answers. */
function grantProblem(call: ContractCall, { body }: Answer): string | null {
  if (call.withhold !== undefined || typeof body !== 'object' || body === null) return null;
  const { error_code: code } = body as { error_code?: unknown };
  return code === 'gw.APIACLDecline' || code === 'gw.NoUsageLeftError' || code === '401'
    ? `refused: ${code}`
    : null;
}

/** Asks every question of the contract once, one after the other, outside of any ledger. */
export async function checkGateway(target: ContractTarget): Promise<ContractResult> {
  const transport = createTransport({ baseUrl: target.baseUrl });
  const findings: Finding[] = [];
  const omitted: Omission[] = [];
  let known: Known = {};
  let callsMade = 0;
  try {
    for (const call of contractCalls) {
      const isTokenMissing = call.needsToken && call.withhold !== 'token' && target.accessToken === null;
      const params = isTokenMissing ? null : call.params(known);
      if (params === null) {
        omitted.push({
          call: call.name,
          reason: isTokenMissing ? 'no access token' : 'nothing to ask about',
        });
        continue;
      }
      callsMade += 1;
      const answer = await ask(transport, target, call, params);
      const problem = typeof answer === 'string' ? answer : grantProblem(call, answer);
      if (typeof answer === 'string' || problem !== null) {
        omitted.push({ call: call.name, reason: problem ?? '' });
        continue;
      }
      findings.push(...judge(call, answer));
      known = { ...known, ...call.learn?.(answer) };
    }
  } finally {
    await transport.close();
  }
  return { findings, omitted, callsMade };
}
