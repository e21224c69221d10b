/** What is being simulated, on stderr: one line that changes on a terminal, a line each elsewhere. */
export interface Progress {
  readonly show: (text: string) => void;
  readonly clear: () => void;
}

export function createProgress(): Progress {
  const { isTTY } = process.stderr;
  return {
    show: (text) => process.stderr.write(isTTY ? `\r\x1b[2K${text.slice(0, 79)}` : `${text}\n`),
    clear: () => isTTY && process.stderr.write('\r\x1b[2K'),
  };
}
