/** Where text goes: a terminal, a pipe, a file. */
export interface OutputStream {
  write(data: string | Uint8Array): boolean;
  /** Cells a line, when it is a terminal. */
  readonly columns?: number | undefined;
  once(event: 'drain', listener: () => void): unknown;
  off(event: 'drain', listener: () => void): unknown;
}
