import { InvalidArgumentError } from 'commander';

/** A port from the command line; 0 is any free one. @throws InvalidArgumentError */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('Give a port from 0 to 65535.');
}
