import { findTool } from './find-tool.ts';
import { images } from './images.ts';

/** A Redis shared by the whole run, or none: then each caller of `startTestRedis` gets a server from PATH. */
export interface RedisSource {
  readonly url: string | null;
  readonly described: string;
  close(): Promise<void>;
}

/** `TEST_REDIS_URL`, else with `TEST_CONTAINERS=1` a container, else what is on PATH. */
export async function openRedisSource(
  env: Readonly<Record<string, string | undefined>>,
): Promise<RedisSource> {
  const close = async () => undefined;
  const given = env['TEST_REDIS_URL'];
  if (given) return { url: given, described: 'TEST_REDIS_URL', close };
  if (env['TEST_CONTAINERS'] === '1') {
    const { GenericContainer } = await import('testcontainers');
    const container = await new GenericContainer(images.redis).withExposedPorts(6379).start();
    return {
      url: `redis://${container.getHost()}:${container.getMappedPort(6379)}`,
      described: `container ${images.redis}`,
      close: async () => {
        await container.stop();
      },
    };
  }
  const binary = findTool(['redis-server'], env);
  const missing = 'none (no redis-server on PATH, no TEST_REDIS_URL): tests on Redis do not run';
  return { url: null, described: binary ?? missing, close };
}
