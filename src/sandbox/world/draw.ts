const topicHashes = new Map<string, number>();

/** One round of a 32-bit mixer (the finaliser of MurmurHash3); neighbouring inputs give unrelated outputs. */
function mix(state: number, value: number): number {
  let hash = Math.imul(state ^ value, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function hashTopic(topic: string): number {
  const known = topicHashes.get(topic);
  if (known !== undefined) return known;
  let hash = 0x811c9dc5;
  for (let i = 0; i < topic.length; i++) hash = mix(hash, topic.charCodeAt(i));
  topicHashes.set(topic, hash);
  return hash;
}

/** A list that `pick` can always answer from. */
export type NonEmpty<T> = readonly [T, ...T[]];

/**
 * Randomness without state: the answer depends only on the seed, the topic and a number, never on what was
 * drawn before. So any part of the world can be computed alone, in any order.
 */
export class Draw {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** An independent source for one thing of a kind. */
  child(topic: string, n = 0): Draw {
    return new Draw(this.bits(topic, n));
  }

  /** 32 bits. */
  bits(topic: string, n = 0): number {
    return mix(mix(this.#seed, hashTopic(topic)), n);
  }

  /** 0 up to, not including, 1. */
  unit(topic: string, n = 0): number {
    return this.bits(topic, n) / 2 ** 32;
  }

  /** A whole number from 0 up to, not including, `below`. */
  int(topic: string, below: number, n = 0): number {
    return Math.floor(this.unit(topic, n) * below);
  }

  chance(topic: string, probability: number, n = 0): boolean {
    return this.unit(topic, n) < probability;
  }

  pick<T>(topic: string, list: NonEmpty<T>, n = 0): T {
    return list[this.int(topic, list.length, n)] ?? list[0];
  }
}
