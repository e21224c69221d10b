import { isLoopbackUrl, isPrivateUrl } from '../core/loopback.ts';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { AppError, coreErrors, errorMessage } from '../core/errors.ts';
import { logLevels } from '../core/log-levels.ts';
import { Secret } from '../core/secret.ts';
import { mergeSettings } from './merge-settings.ts';
import type { Environment } from './process-environment.ts';

/** What `NOTIFY_FORMAT` may say: the format of the receiver of notifications. */
export const notifyFormats = ['generic', 'slack', 'dingtalk'] as const;

const gatewayUrl = z.string().transform((text, ctx) => {
  if (!URL.canParse(text)) {
    ctx.addIssue('is not a url');
    return z.NEVER;
  }
  const url = new URL(text);
  const isAllowed = url.protocol === 'https:' || (url.protocol === 'http:' && isPrivateUrl(url));
  if (!isAllowed)
    ctx.addIssue('must be https (http only for a loopback host, or one without a dot in its name)');
  if (url.username || url.password || url.search || url.hash)
    ctx.addIssue('must have no user, query or fragment');
  return text.replace(/\/+$/, '');
});

/** Drivers decode user, password and path, and throw at a `%` that begins no escape. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

const connectionUrl = (...protocols: string[]) =>
  z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
      message: `is not a ${protocols.join(' or ')} url`,
    })
    .refine(isDecodable, { message: 'has a % that is not url-encoded: write it as %25' });

const siteUrl = z.string().superRefine((text, ctx) => {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') ctx.addIssue('is not a http or https url');
  else if (url.username || url.password || url.hash) ctx.addIssue('must have no user or fragment');
});

/** The part after the host is enough to send, so all of it is a secret. */
const webhookUrl = z
  .string()
  .superRefine((text, ctx) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isLoopbackUrl(url)))
      ctx.addIssue('is not a https url (http only for a loopback host)');
    else if (url.username || url.password || url.hash) ctx.addIssue('must have no user or fragment');
  })
  .transform((text) => new Secret(text));

/** As that of a webhook; a receiver in one's own network may have no TLS. */
const heartbeatUrl = siteUrl.transform((text) => new Secret(text));

const tokenKey = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hex digits (`openssl rand -hex 32`)')
  .transform((text) => new Secret(text));

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'is not a port from 0 to 65535')
  .transform(Number)
  .refine((number) => number <= 65_535, { message: 'is not a port from 0 to 65535' });

const hostName = z.string().regex(/^[\w.:-]{1,253}$/, 'is not a host name or an address');

/** Names that browsers may call us by, without ports. */
const hostNames = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))
  .pipe(z.array(z.string().regex(/^(\[[\da-f:]+\]|[\w.-]{1,253})$/i, 'has a name that is no host name')));

/** An address, or a range such as `10.0.0.0/8`. */
function isAddressRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const maxBits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return (
    more.length === 0 &&
    (bits === undefined ? maxBits > 0 : /^\d{1,3}$/.test(bits) && Number(bits) <= maxBits)
  );
}

const addressRanges = z
  .string()
  .transform((text) => text.split(',').map((range) => range.trim()))
  .pipe(
    z.array(
      z.string().refine(isAddressRange, 'has an entry that is no address and no range such as 10.0.0.0/8'),
    ),
  );

/** Guessing a shorter one is a matter of patience, in spite of the limit of tries. */
const webToken = z
  .string()
  .min(16, 'must have 16 characters or more (`openssl rand -hex 24`)')
  .transform((text) => new Secret(text));

/** One of a few words. */
const oneOf = <const T extends readonly string[]>(words: T) =>
  z.enum(words, `must be one of ${words.join(', ')}`);

const flag = z.enum(['0', '1'], 'must be 0 or 1').transform((text) => text === '1');

const secret = z.string().transform((text) => new Secret(text));

/** Variables whose value may also be read from the file that `<NAME>_FILE` names. */
export const secretKeys = [
  'ALIBABA_APP_SECRET',
  'ALIBABA_ACCESS_TOKEN',
  'ALIBABA_REFRESH_TOKEN',
  'TOKEN_KEY',
  'NEW_TOKEN_KEY',
  'DATABASE_URL',
  'DATABASE_READ_URL',
  'REDIS_URL',
  'WEB_TOKEN',
  'METRICS_TOKEN',
  'NOTIFY_WEBHOOK_URL',
  'NOTIFY_DINGTALK_SECRET',
  'NOTIFY_URGENT_WEBHOOK_URL',
  'NOTIFY_URGENT_DINGTALK_SECRET',
  'HEARTBEAT_URL',
] as const;

const variables = z.object({
  ALIBABA_APP_KEY: z
    .string()
    .regex(/^[A-Za-z0-9]{1,64}$/, 'must be letters and digits only, without quotes or spaces')
    .optional(),
  ALIBABA_APP_SECRET: secret.optional(),
  ALIBABA_API_URL: gatewayUrl.default('https://gw.open.1688.com/openapi'),
  ALIBABA_ACCESS_TOKEN: secret.optional(),
  ALIBABA_REFRESH_TOKEN: secret.optional(),
  ALIBABA_REDIRECT_URI: siteUrl.optional(),
  NEXT_PUBLIC_SITE_URL: siteUrl.default('http://localhost:3000'),
  TOKEN_KEY: tokenKey.optional(),
  NEW_TOKEN_KEY: tokenKey.optional(),
  DATABASE_URL: connectionUrl('postgres:', 'postgresql:')
    .transform((text) => new Secret(text))
    .optional(),
  DATABASE_READ_URL: connectionUrl('postgres:', 'postgresql:')
    .transform((text) => new Secret(text))
    .optional(),
  REDIS_URL: connectionUrl('redis:', 'rediss:')
    .transform((text) => new Secret(text))
    .optional(),
  ALLOW_UNENCRYPTED: flag.default(false),
  LOG_LEVEL: oneOf(logLevels).default('info'),
  PORT: port.default(3000),
  WEB_HOST: hostName.default('127.0.0.1'),
  WEB_TOKEN: webToken.optional(),
  METRICS_TOKEN: webToken.optional(),
  WEB_ALLOWED_HOSTS: hostNames.optional(),
  WEB_TRUSTED_PROXIES: addressRanges.optional(),
  WEB_REMOTE_IMAGES: flag.default(false),
  WEB_QUEUE_ACTIONS: flag.default(false),
  NOTIFY_WEBHOOK_URL: webhookUrl.optional(),
  NOTIFY_FORMAT: oneOf(notifyFormats).default('generic'),
  NOTIFY_DINGTALK_SECRET: secret.optional(),
  NOTIFY_URGENT_WEBHOOK_URL: webhookUrl.optional(),
  NOTIFY_URGENT_FORMAT: oneOf(notifyFormats).default('generic'),
  NOTIFY_URGENT_DINGTALK_SECRET: secret.optional(),
  HEARTBEAT_URL: heartbeatUrl.optional(),
});

/** Requests to the gateway carry an access token. */
const environment = variables.superRefine(({ ALIBABA_API_URL: text, ALLOW_UNENCRYPTED: isAllowed }, ctx) => {
  const url = new URL(text);
  if (url.protocol === 'https:' || isLoopbackUrl(url) || isAllowed) return;
  ctx.addIssue({
    code: 'custom',
    path: ['ALIBABA_API_URL'],
    message: 'is another machine without TLS, which needs ALLOW_UNENCRYPTED=1',
  });
});

export type { Environment } from './process-environment.ts';

/** The names of all variables that are read, for `.env.example` and `doctor`. */
export const configKeys = Object.keys(variables.shape);

export interface Config extends Readonly<z.output<typeof environment>> {
  /** Where `.env*`, `catalog-sync.yaml` and the embedded database live. */
  readonly projectDir: string;
  /** The env files that were read, first one wins; the real environment wins over both. */
  readonly envFiles: readonly string[];
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? errorMessage(error);

/** The env files that are read; the first one wins. */
export const envFileNames = ['.env.local', '.env'] as const;

/** The variables of an env file. Node alone would take a byte order mark for a part of the first name. */
export function parseEnvText(text: string): Environment {
  return parseEnv(text.replace(/^\ufeff/, ''));
}

function readEnvFiles(projectDir: string, problems: string[]): { values: Environment[]; files: string[] } {
  const names = envFileNames.filter((name) => existsSync(join(projectDir, name)));
  const values = names.map((name) => {
    try {
      return parseEnvText(readFileSync(join(projectDir, name), 'utf8'));
    } catch (error) {
      problems.push(`${name}: ${codeOf(error)}`);
      return {};
    }
  });
  return { values, files: names.map((name) => join(projectDir, name)) };
}

/** No secret comes near it; without a bound, a device or a log that is named by mistake would fill the memory. */
const maxSecretBytes = 64 * 1024;

function readSecretFile(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(maxSecretBytes + 1);
    let length = 0;
    // A pipe gives its text in pieces.
    for (let more = 1; more > 0 && length < bytes.length; length += more) {
      more = readSync(descriptor, bytes, length, bytes.length - length, null);
    }
    if (length === bytes.length) throw new Error('is too long for a secret');
    const text = bytes.toString('utf8', 0, length).trim();
    if (text === '') throw new Error('the file is empty; write the value into it, or remove this setting');
    return text;
  } finally {
    closeSync(descriptor);
  }
}

function describeUnread(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ENOENT') return 'ENOENT, there is no such file; correct the path';
  return code === 'EACCES' ? 'EACCES, this user may not read the file; change its owner or mode' : code;
}

function readSecretFiles(values: Environment, problems: string[]): Record<string, string> {
  const read: Record<string, string> = {};
  for (const key of secretKeys) {
    const file = values[`${key}_FILE`];
    if (!file || values[key]) continue;
    try {
      read[key] = readSecretFile(file);
    } catch (error) {
      problems.push(`${key}_FILE: ${describeUnread(error)}`);
    }
  }
  return read;
}

/**
 * Reads and checks everything the environment can say. All bad variables are named at once; values are never
 * shown.
 *
 * @throws AppError CONFIG_INVALID
 */
export function loadConfig(options: {
  readonly projectDir: string;
  readonly env: Environment;
  /** False for `demo` and tests, which must not see a developer's own files. */
  readonly readFiles?: boolean;
}): Config {
  const problems: string[] = [];
  const fromFiles =
    options.readFiles === false ? { values: [], files: [] } : readEnvFiles(options.projectDir, problems);
  const merged = mergeSettings([options.env, ...fromFiles.values], secretKeys);
  const withSecrets = { ...merged, ...readSecretFiles(merged, problems) };
  const known = Object.fromEntries(
    configKeys.map((key) => [key, withSecrets[key]] as const).filter(([, value]) => value !== undefined),
  );
  const parsed = environment.safeParse(known);
  if (!parsed.success) {
    problems.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  }
  if (problems.length > 0 || !parsed.success) {
    throw new AppError(coreErrors.CONFIG_INVALID, `configuration is not usable: ${problems.join('; ')}`);
  }
  return Object.freeze({ ...parsed.data, projectDir: options.projectDir, envFiles: fromFiles.files });
}
