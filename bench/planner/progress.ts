/** One line on a terminal that says what is being simulated; nothing where there is no terminal. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

export function createProgress(): Progress {
  const write = (text: string) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`);
  };
  return { show: (text) => write(text.slice(0, 79)), clear: () => write('') };
}
