/* The one barrel of the project: drizzle-kit and the schema tests read every table from here. */
export * from './catalog.ts';
export * from './history.ts';
export * from './notifications.ts';
export * from './planner.ts';
export * from './prices.ts';
export * from './raw.ts';
export * from './schedules.ts';
export * from './search.ts';
export * from './sync.ts';
export * from './trackers.ts';
export * from './usage.ts';
export * from './worker.ts';
