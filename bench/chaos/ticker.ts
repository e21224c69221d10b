/** Shows what is going on: one line that is rewritten on a terminal, a line now and then anywhere else. */
export interface Ticker {
  show(line: string): void;
  /** Ends the line. */
  done(): void;
}

const plainLineEveryMs = 10_000;

interface Stream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Lines are short and our own: nothing in them comes from outside. */
export function createTicker(stream: Stream): Ticker {
  let isOpen = false;
  let shownAt = -Infinity;
  return {
    show: (line) => {
      if (stream.isTTY) {
        isOpen = true;
        stream.write(`\r${line}\u001b[K`);
      } else if (performance.now() - shownAt >= plainLineEveryMs) {
        shownAt = performance.now();
        stream.write(`${line}\n`);
      }
    },
    done: () => {
      if (isOpen) stream.write('\n');
      isOpen = false;
    },
  };
}
