import type { Pool } from 'pg';
import { listWorkerFiles } from '../../runs/worker-heartbeat.ts';
import { warn, type Check } from './check.ts';

/** Whether the workers of all hosts have the same settings; empty when they do. */
export async function checkWorkers(pool: Pool): Promise<Check[]> {
  const files = await listWorkerFiles(pool);
  if (files.length < 2) return [];
  const hosts = files.map((file) => file.hosts.join(', ')).join(' | ');
  return [
    warn(
      'workers',
      `hosts have ${String(files.length)} different catalog-sync.yaml: ${hosts}`,
      'The worker that starts last sets limits and schedules for all. Use the same file and version on all hosts, and restart them.',
    ),
  ];
}
