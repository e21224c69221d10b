import { chromium, type Browser } from 'playwright-core';
import { findTool } from './find-tool.ts';

/** The Chromium on PATH, or null. */
export const findChromium = (): string | null =>
  findTool(['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'], process.env);

/** A browser with an empty profile of its own, that asks nobody for anything by itself. */
export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}
