/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** This process's own environment: the only reader of `process.env` in the product. */
export function processEnvironment(): Environment {
  /* eslint-disable-next-line no-restricted-syntax -- its one home */
  return process.env;
}
