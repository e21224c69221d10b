/** Random numbers of the kinds that a simulated world is made of; the same seed repeats them. */
export interface WorldRandom {
  /** In [0, 1). */
  uniform(): number;
  /** Mean 0, standard deviation 1. */
  normal(): number;
  /** Mean 1. */
  exponential(): number;
  /** Gamma distributed with this shape and scale 1. */
  gamma(shape: number): number;
  /** An integer in [0, below). */
  integer(below: number): number;
}

/** sfc32 (Chris Doty-Humphrey's, public domain), its state filled from the seed by splitmix32. */
function createUniform(seed: number): () => number {
  let mixer = seed >>> 0;
  const split = (): number => {
    mixer = (mixer + 0x9e3779b9) | 0;
    let z = mixer ^ (mixer >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let [a, b, c, counter] = [split(), split(), split(), 1];
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 12; round += 1) next();
  return next;
}

export function createWorldRandom(seed: number): WorldRandom {
  const uniform = createUniform(seed);
  const exponential = (): number => -Math.log(1 - uniform());
  const normal = (): number => Math.sqrt(2 * exponential()) * Math.cos(2 * Math.PI * uniform());
  /** Marsaglia and Tsang, 2000. */
  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * Math.exp(-exponential() / shape);
    const d = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && -exponential() < x * x * 0.5 + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  return { uniform, normal, exponential, gamma, integer: (below) => Math.floor(uniform() * below) };
}
