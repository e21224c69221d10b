/**
 * The advisory locks of the product, in one place so that no two uses share a key. The numbers mean nothing, but
 * must not change: processes of two versions meet during an upgrade.
 */
export const advisoryLocks = {
  migrate: 1_688_000,
  tick: 1_688_001,
  categoryTree: 1_688_002,
  demo: 1_688_003,
  retention: 1_688_004,
  reprocess: 1_688_005,
  /** One sender of notifications at a time. */
  notify: 1_688_006,
  /** One erasing command at a time. */
  eraseSeller: 1_688_020,
  /** Shared by loads that bring sellers; alone by who makes one erased. */
  erasure: 1_688_021,
} as const;
