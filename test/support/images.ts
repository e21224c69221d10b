/** Container images of the tests; docker-compose.yml names the same ones. */
export const images = {
  postgres: process.env['POSTGRES_IMAGE'] ?? 'postgres:18-alpine',
  redis: process.env['REDIS_IMAGE'] ?? 'redis:8-alpine',
} as const;
