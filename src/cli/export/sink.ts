/** Where an export goes. */
export interface Sink {
  /** False: nobody wants the rest. */
  write(bytes: Uint8Array): Promise<boolean>;
  /** Makes what was written the result. */
  finish(): Promise<void>;
  /** Takes back what was written, as far as that is possible. Does nothing after `finish`. */
  abandon(): Promise<void>;
}
