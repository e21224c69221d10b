import { spawn } from 'node:child_process';
import type { CliContext } from '../../app/context.ts';

/** The program that opens a page, with its first arguments; none: there is nowhere to show one. */
export function openerOf(platform: NodeJS.Platform, hasDisplay: boolean): string[] {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return hasDisplay ? ['xdg-open'] : [];
}

/** Opens a url in a browser of this machine, if there is one. The url is printed as well. */
export function openBrowser({ isTty, env }: Pick<CliContext, 'isTty' | 'env'>, url: string): void {
  if (!isTty.stderr) return;
  const hasDisplay = Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY']);
  const [program, ...args] = openerOf(process.platform, hasDisplay);
  if (program === undefined) return;
  const browser = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  browser.on('error', () => undefined);
  browser.unref();
}
