/**
 * The settings of the embedded server. They are given on the command line at every start, so this file is the whole truth
 * and an edited postgresql.conf cannot switch durability off.
 */
import { createServer } from 'node:net';
import type { PostgresPrograms } from './binaries.ts';

/**
 * Durability is never traded away. The rest suits a small machine: checkpoints spread out and far apart, no parallel
 * queries, no just-in-time compiler. The log holds starts, stops and crashes only: statements and values stay out of it.
 */
export const serverSettings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_connections: '100',
  shared_buffers: '128MB',
  effective_cache_size: '1GB',
  random_page_cost: '1.1',
  checkpoint_timeout: '15min',
  max_wal_size: '1GB',
  min_wal_size: '128MB',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
} as const;

/** A socket in this folder and no port at all. The number is only a part of the socket's name. */
export function socketSettings(socketFolder: string): Record<string, string> {
  return { listen_addresses: '', unix_socket_directories: socketFolder, unix_socket_permissions: '0700', port: '4632' };
}

/** A port of 127.0.0.1 that is free at this moment. */
export async function tcpSettings(): Promise<Record<string, string>> {
  return { listen_addresses: '127.0.0.1', unix_socket_directories: '', port: String(await freePort()) };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** The server outlives us: it gets none of our environment, which may hold keys. */
export function serverEnvironment(programs: PostgresPrograms): Record<string, string> {
  const kept = ['PATH', 'SystemRoot', 'TEMP'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC', ...programs.environment };
}
