/** What `LOG_LEVEL` and `--log-level` may say. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
