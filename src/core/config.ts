import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { AppError, coreErrors, errorMessage } from './errors.ts';
import { Secret } from './secret.ts';

/** What `LOG_LEVEL` may say. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Hosts that never leave this machine; only they may be spoken to without TLS. */
export function isLoopbackUrl(url: URL): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}

const gatewayUrl = z.string().transform((text, ctx) => {
  if (!URL.canParse(text)) {
    ctx.addIssue('is not a url');
    return z.NEVER;
  }
  const url = new URL(text);
  const isAllowed = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackUrl(url));
  if (!isAllowed) ctx.addIssue('must be https (http only for a loopback host)');
  if (url.username || url.password || url.search || url.hash)
    ctx.addIssue('must have no user, query or fragment');
  return text.replace(/\/+$/, '');
});

const connectionUrl = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `is not a ${protocols.join(' or ')} url`,
  });

const secret = z.string().transform((text) => new Secret(text));

/** Variables whose value may also be read from the file that `<NAME>_FILE` names. */
export const secretKeys = [
  'ALIBABA_APP_SECRET',
  'ALIBABA_ACCESS_TOKEN',
  'ALIBABA_REFRESH_TOKEN',
  'TOKEN_KEY',
  'DATABASE_URL',
  'REDIS_URL',
] as const;

const environment = z.object({
  ALIBABA_APP_KEY: z
    .string()
    .regex(/^[A-Za-z0-9]{1,64}$/, 'must be letters and digits only, without quotes or spaces')
    .optional(),
  ALIBABA_APP_SECRET: secret.optional(),
  ALIBABA_API_URL: gatewayUrl.default('https://gw.open.1688.com/openapi'),
  ALIBABA_ACCESS_TOKEN: secret.optional(),
  ALIBABA_REFRESH_TOKEN: secret.optional(),
  TOKEN_KEY: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'must be 64 hex digits (`openssl rand -hex 32`)')
    .transform((text) => new Secret(text))
    .optional(),
  DATABASE_URL: connectionUrl('postgres:', 'postgresql:')
    .transform((text) => new Secret(text))
    .optional(),
  REDIS_URL: connectionUrl('redis:', 'rediss:')
    .transform((text) => new Secret(text))
    .optional(),
  LOG_LEVEL: z.enum(logLevels).default('info'),
});

/** The names of all variables that are read, for `.env.example` and `doctor`. */
export const configKeys = Object.keys(environment.shape);

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Config extends Readonly<z.output<typeof environment>> {
  /** Where `.env*`, `catalog-sync.yaml` and the embedded database live. */
  readonly projectDir: string;
  /** The env files that were read, first one wins; the real environment wins over both. */
  readonly envFiles: readonly string[];
}

/** This process's own environment: the only reader of `process.env` in the product. */
export function processEnvironment(): Environment {
  /* eslint-disable-next-line no-restricted-syntax -- its one home */
  return process.env;
}

function readEnvFiles(projectDir: string): { values: Environment; files: string[] } {
  const files = ['.env.local', '.env']
    .map((name) => join(projectDir, name))
    .filter((file) => existsSync(file));
  const values = files.reduceRight<Environment>(
    (later, file) => ({ ...later, ...parseEnv(readFileSync(file, 'utf8')) }),
    {},
  );
  return { values, files };
}

function readSecretFiles(values: Environment, problems: string[]): Record<string, string> {
  const read: Record<string, string> = {};
  for (const key of secretKeys) {
    const file = values[`${key}_FILE`];
    if (!file || values[key]) continue;
    try {
      read[key] = readFileSync(file, 'utf8').trim();
    } catch (error) {
      problems.push(`${key}_FILE: ${(error as NodeJS.ErrnoException).code ?? errorMessage(error)}`);
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
  const fromFiles =
    options.readFiles === false ? { values: {}, files: [] } : readEnvFiles(options.projectDir);
  const merged: Environment = { ...fromFiles.values, ...options.env };
  const problems: string[] = [];
  const withSecrets = { ...merged, ...readSecretFiles(merged, problems) };
  const known = Object.fromEntries(
    configKeys
      .map((key) => [key, withSecrets[key]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
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
