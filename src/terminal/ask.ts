import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { OutputStream } from './output-stream.ts';

/** The user left a question by Ctrl-C, or the input ended. */
export class QuestionLeft extends Error {
  override readonly name = 'QuestionLeft';
}

/** Questions to a user at a terminal, on stderr. */
export interface Asker {
  /** The answer, without spaces around it. @throws QuestionLeft */
  ask(question: string): Promise<string>;
  /** The same, with an answer that is not shown. @throws QuestionLeft */
  askSecret(question: string): Promise<string>;
  /** A line about an answer. */
  say(line: string): void;
  close(): void;
}

interface Terminal {
  readonly stdin: NodeJS.ReadableStream;
  readonly stderr: OutputStream;
}

/** Lines that were typed ahead wait for their questions, so there is one reader for all of them. */
class Lines {
  readonly #typed: string[] = [];
  #isOver = false;
  #wake: (() => void) | null = null;

  add(line: string): void {
    this.#typed.push(line);
    this.#wake?.();
  }

  /** No more will be typed; what was typed ahead may still be here. */
  get isOver(): boolean {
    return this.#isOver;
  }

  end(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  async next(): Promise<string> {
    while (this.#typed.length === 0 && !this.#isOver)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    const line = this.#typed.shift();
    if (line === undefined) throw new QuestionLeft();
    return line.trim();
  }
}

/** Asks on a terminal until it is closed. */
export function openAsker({ stdin, stderr }: Terminal): Asker {
  let isShown = true;
  const output = new Writable({
    write: (chunk: Buffer, _, done) => {
      if (isShown) stderr.write(chunk.toString());
      done();
    },
  });
  // A terminal of its own, so that Ctrl-C arrives here. No history: it would show a secret again.
  const reader = createInterface({ input: stdin, output, terminal: true, historySize: 0 });
  const lines = new Lines();
  reader.on('line', (line) => lines.add(line));
  reader.on('SIGINT', () => reader.close());
  reader.on('close', () => lines.end());
  return {
    ask: (question) => {
      // From Node 24 on, a reader that is closed throws.
      if (lines.isOver) stderr.write(question);
      else {
        reader.setPrompt(question);
        reader.prompt();
      }
      return lines.next();
    },
    askSecret: async (question) => {
      stderr.write(question);
      isShown = false;
      try {
        return await lines.next();
      } finally {
        isShown = true;
        stderr.write('\n');
      }
    },
    say: (line) => void stderr.write(`${line}\n`),
    close: () => reader.close(),
  };
}
