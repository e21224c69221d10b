import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '../../core/json.ts';
import { faultKinds, type Fault } from '../faults.ts';

import { noLimits, type QuotaLimits } from '../quota.ts';
import type { Revocation } from '../tokens.ts';
import type { Feeds } from './reach.ts';

/** A command that can't be carried out; its message goes back to whoever sent it. */
export class BadCommand extends Error {}

/** @throws BadCommand unless the body is a JSON object, or empty */
export function readCommand(body: string): JsonObject {
  let value: JsonValue;
  try {
    value = body === '' ? {} : parseJson(body);
  } catch (cause) {
    throw new BadCommand('the body is not JSON', { cause });
  }
  if (!isJsonObject(value)) throw new BadCommand('the body is not a JSON object');
  return value;
}

function isFault(value: unknown): value is Fault {
  if (!isJsonObject(value)) return false;
  const isKind = faultKinds.some((kind) => kind === value['kind']);
  const areNumbers = ['count', 'rate', 'status'].every((key) => typeof (value[key] ?? 0) === 'number');
  const areTexts = ['api', 'code', 'message'].every((key) => typeof (value[key] ?? '') === 'string');
  return isKind && areNumbers && areTexts;
}

/** `{"faults":[...]}`. @throws BadCommand when one of them is not a `Fault` */
export function readFaults(command: JsonObject): readonly Fault[] {
  const faults: readonly unknown[] | null = Array.isArray(command['faults']) ? command['faults'] : null;
  if (faults?.every(isFault) !== true) {
    throw new BadCommand(`faults must be a list of objects whose kind is one of: ${faultKinds.join(', ')}`);
  }
  return faults;
}

/** `{"api":true,...}`. @throws BadCommand when a value is not a boolean */
export function readGrants(command: JsonObject): Readonly<Record<string, boolean>> {
  const isGood = Object.values(command).every((value) => typeof value === 'boolean');
  if (!isGood) throw new BadCommand('grants are true or false by namespace:name:version');
  return command as Readonly<Record<string, boolean>>;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Some fields of `QuotaLimits`. @throws BadCommand when there is another one, or of another type */
export function readQuotas(command: JsonObject): Partial<QuotaLimits> {
  for (const [key, value] of Object.entries(command)) {
    const known = Object.entries(noLimits).find(([name]) => name === key)?.[1] as unknown;
    const isGood =
      known === null ? value === null || typeof value === 'number' : typeof value === typeof known;
    if (known === undefined || !isGood) throw new BadCommand(`${key} is not a limit, or of the wrong type`);
  }
  const { timeZone } = command;
  if (typeof timeZone === 'string' && !isTimeZone(timeZone))
    throw new BadCommand(`${timeZone} is no time zone: give one by its IANA name, like Asia/Shanghai`);
  return command;
}

/** `{"advanceMs":n}`, and others by their name. @throws BadCommand when it is not a number from 0 up */
export function readMs(command: JsonObject, name: 'advanceMs' | 'latencyMs'): number {
  const ms = command[name];
  if (typeof ms !== 'number' || ms < 0) throw new BadCommand(`${name} must be a number from 0 up`);
  return ms;
}

/** `{"appSecret":"..."}`. @throws BadCommand when it is no text, or an empty one */
export function readSecret(command: JsonObject): string {
  const { appSecret } = command;
  if (typeof appSecret !== 'string' || appSecret === '')
    throw new BadCommand('appSecret must be the new secret, as text');
  return appSecret;
}

/** `{"afterCalls":n,"withRefresh":true}`; neither: the access tokens, at once. @throws BadCommand on other values */
export function readRevocation(command: JsonObject): Revocation {
  const { afterCalls = 0, withRefresh = false } = command;
  const isCount = typeof afterCalls === 'number' && Number.isInteger(afterCalls) && afterCalls >= 0;
  if (!isCount || typeof withRefresh !== 'boolean')
    throw new BadCommand('afterCalls must be a whole number from 0 up, withRefresh true or false');
  return { afterCalls, withRefresh };
}

/** The texts of a comma-separated parameter; none when it is absent. */
function readList(url: URL, name: string): readonly string[] {
  return (url.searchParams.get(name) ?? '').split(',').filter((item) => item !== '');
}

/** `?categories=10100,10107&keywords=...&sellers=...&images=...` */
export function readFeeds(url: URL): Feeds {
  return {
    categories: readList(url, 'categories'),
    keywords: readList(url, 'keywords'),
    sellers: readList(url, 'sellers'),
    images: readList(url, 'images'),
  };
}

/** An ISO 8601 parameter in milliseconds; `fallback` when it is absent. @throws BadCommand when it is no instant */
export function readInstant(url: URL, name: string, fallback: number): number {
  const text = url.searchParams.get(name);
  if (text === null) return fallback;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new BadCommand(`${name} must be an ISO 8601 instant`);
  return at;
}
