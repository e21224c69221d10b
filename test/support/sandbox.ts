import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/create-sandbox.ts';

/** A sandbox in this process, small unless told otherwise; the test closes it. */
export async function startTestSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  return createSandbox({ offers: 100, categories: 30, ...options });
}
