import type { Config } from './environment.ts';

/** Whether calls use ALIBABA_ACCESS_TOKEN, the token of a self-use app, and none that a login stored. */
export function isSelfUse({
  ALIBABA_ACCESS_TOKEN: access,
  ALIBABA_REFRESH_TOKEN: refresh,
}: Pick<Config, 'ALIBABA_ACCESS_TOKEN' | 'ALIBABA_REFRESH_TOKEN'>): boolean {
  return access !== undefined && refresh === undefined;
}
