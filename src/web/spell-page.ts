import { spellCommands } from '../core/spell-commands.ts';
import { html } from './html.ts';

/** A page or a part of one, with commands that can be typed where the program was started. */
export function spellPage(page: string, command: string): string {
  return spellCommands(page, html`${command}`.toString());
}
