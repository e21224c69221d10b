import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/create-sandbox.ts';

/** A sandbox in this process, small unless told otherwise; the test closes it. */
export async function startTestSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return createSandbox({ offers: 100, categories: 30, ...options });
}

/** The environment of a program that calls a sandbox. */
export function sandboxSettings({ url, appKey, appSecret, accessToken }: Sandbox): Record<string, string> {
  return {
    ALIBABA_API_URL: url,
    ALIBABA_APP_KEY: appKey,
    ALIBABA_APP_SECRET: appSecret,
    ALIBABA_ACCESS_TOKEN: accessToken,
  };
}
