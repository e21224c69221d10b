/**
 * Connections to Postgres that a process may have at once: 20 in all, and 12 without those of the queues. A stock server has
 * 97 for all of its users.
 */
export const connectionLimits = {
  /** Of the work, in a process without pages. At half, jobs wait for one another. */
  work: 12,
  /** Of the work, beside pages. */
  workBesidePages: 8,
  /** Of the pages, beside work: a page makes several queries at once. */
  pagesBesideWork: 3,
  /** Of the pages, in a process that only serves them. */
  pages: 6,
  /** Of the queues, with workers: each of the five holds one, and three are left for statements. */
  queues: 8,
  /** Of the queues, without workers. */
  queuesToSee: 3,
} as const;

/** The connections to Postgres of a process that works, with or without pages, by where the queues are. */
export const connectionsPerProcess = {
  postgres: connectionLimits.work + connectionLimits.queues,
  redis: connectionLimits.work,
} as const;
