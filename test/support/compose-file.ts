import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

export const root = resolve(import.meta.dirname, '../..');

export interface ComposeService {
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly networks?: readonly string[];
  readonly volumes?: readonly unknown[];
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly container_name?: string;
  readonly restart?: string;
  readonly user?: string;
  readonly mem_limit?: string;
  readonly shm_size?: string;
  readonly logging?: { readonly options: Readonly<Record<string, string>> };
}

export interface ComposeFile {
  readonly version?: unknown;
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
}

export const composeText = readFileSync(resolve(root, 'docker-compose.yml'), 'utf8');

/** The file as Docker Compose reads it, before it puts variables in. */
export function readCompose(): ComposeFile {
  return parse(composeText, { merge: true }) as ComposeFile;
}

export function serviceOf(name: string): ComposeService {
  const service = readCompose().services[name];
  if (!service) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
}

/** `${NAME:?message}`, `${NAME:-default}` and `$$`, as Docker Compose puts them in. */
export function interpolate(text: string, values: Readonly<Record<string, string | undefined>>): string {
  return text.replace(
    /\$\$|\$\{(\w+)(?::([?-])([^}]*))?\}/g,
    (whole, name?: string, kind?: string, rest?: string) => {
      if (name === undefined) return '$';
      const value = values[name];
      if (value) return value;
      if (kind === '-') return rest ?? '';
      throw new Error(`${name} ${rest ?? 'is not set'} (${whole})`);
    },
  );
}

/** Whom a configuration of Prometheus asks. */
export function targetsOf(path: string): readonly string[] {
  const config = parse(readFileSync(resolve(root, path), 'utf8')) as {
    readonly scrape_configs: readonly {
      readonly static_configs: readonly { readonly targets: readonly string[] }[];
    }[];
  };
  return config.scrape_configs.flatMap((scrape) => scrape.static_configs.flatMap(({ targets }) => targets));
}
