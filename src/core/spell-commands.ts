/** Where texts have a command: in backticks, as code of a page, or as an example of the help. */
const commandStart = /(`|<code>|^ {2}\$ )catalog-sync (?=[a-z-])/gm;

/**
 * Texts name commands as they are where the program is installed: `catalog-sync status`. Gives the text with commands that can
 * be typed where the user is.
 *
 * @param command how the program is started there, such as `node bin/catalog-sync.js`
 */
export function spellCommands(text: string, command: string): string {
  return text.replace(commandStart, (_, before: string) => `${before}${command} `);
}
