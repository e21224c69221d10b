/** Prints a line of the report: the output of a program here. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
