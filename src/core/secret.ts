import { inspect } from 'node:util';

/**
 * A value that must not be written anywhere. Logging, JSON and string conversion give `[secret]`; only
 * `reveal()` gives the text, so that every use is easy to find.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
