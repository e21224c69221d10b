import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** The wrong clock of a host: what its processes read, and nobody else. */
export interface SteppedClock {
  /** `NODE_OPTIONS` of a process that reads it. */
  readonly nodeOptions: string;
  /** Steps it, also for processes that run: from now on it is wrong by so much. */
  set(aheadMs: number): void;
}

/** Between two readings of the file, in milliseconds. */
const readEveryMs = 100;

/** A clock that shows the right time until it is set. `file` tells the processes. */
export function createSteppedClock(file: string): SteppedClock {
  const code = `
    import { readFileSync } from 'node:fs';
    const Right = Date;
    let ahead = 0;
    const read = () => { ahead = Number(readFileSync(new URL(${JSON.stringify(pathToFileURL(file).href)}), 'utf8')) || 0; };
    globalThis.Date = class extends Right {
      constructor(...of) { super(...(of.length ? of : [Right.now() + ahead])); }
      static now() { return Right.now() + ahead; }
    };
    read();
    setInterval(read, ${String(readEveryMs)}).unref();`;
  const set = (aheadMs: number) => writeFileSync(file, String(aheadMs));
  set(0);
  return { nodeOptions: `--import=data:text/javascript,${encodeURIComponent(code)}`, set };
}
