/** The target of an export. */
export interface Sink {
  /** False: the reader has stopped. */
  write(bytes: Uint8Array): Promise<boolean>;
  /** Makes what was written the result. */
  finish(): Promise<void>;
  /** Takes back what was written, as far as that is possible. Does nothing after `finish`. */
  abandon(): Promise<void>;
}
