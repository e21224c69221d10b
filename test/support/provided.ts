/** What the global setup hands to every test file. Plain values: they cross a process boundary. */
export interface TestServers {
  /** A superuser's url; its database is only for CREATE and DROP DATABASE. */
  readonly adminUrl: string;
  /** The migrated database that is cloned for each test file. */
  readonly templateDatabase: string;
  /** Why the template is not migrated: fails the tests that need it, and only those. */
  readonly migrationProblem: string | null;
  /** Names of test databases start with it; it holds the pid of the run. */
  readonly databasePrefix: string;
  /** For files of tests; gone when the run has ended. */
  readonly scratchFolder: string;
  /** A Redis to use instead of starting one from PATH. */
  readonly redisUrl: string | null;
}

declare module 'vitest' {
  interface ProvidedContext {
    testServers: TestServers;
  }
}
