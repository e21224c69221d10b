/** Container images of the tests; docker-compose.yml names the same ones. */
export const images = {
  postgres: 'postgres:18-alpine',
  redis: 'redis:8-alpine',
} as const;
