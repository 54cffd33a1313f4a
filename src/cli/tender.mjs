#!/usr/bin/env node
/**
 * The `tender` command as the shell starts it. Under a new Node it only loads the real command; under one too old to read
 * TypeScript it starts the Node that npm installed beside Tender, or says what to do.
 */
import { spawn } from 'node:child_process';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import { installedNode, isNewEnough, tooOldMessage } from './node-version.mjs';

/** The commands that are servers, and how they are sparing: a small young generation, an old one that grows
 * in small steps, one helper thread, two arenas. */
const SERVERS = ['dev', 'serve', 'worker'];
const SPARING = { flags: ['--max-semi-space-size=8', '--v8-pool-size=1', '--heap-growing-percent=20'], arenas: '2' };

if (isNewEnough(process.version)) {
  beSparing();
  // Types are stripped and code is compiled once and kept: later starts are quicker and need less memory.
  nodeModule.enableCompileCache?.();
  await import('./tender.ts');
} else {
  startWithInstalledNode();
}

/**
 * Memory settings must be there when a process begins, so a server begins once more under the same process id: half the memory
 * for no speed. Only where the system can replace a process, and not when somebody has set the environment themselves.
 */
function beSparing() {
  if (!SERVERS.includes(process.argv[2] ?? '') || process.env.MALLOC_ARENA_MAX !== undefined) return;
  if (process.platform !== 'linux' || process.execve === undefined) return;
  process.removeAllListeners('warning');
  const args = [process.execPath, ...process.execArgv, ...SPARING.flags, ...process.argv.slice(1)];
  process.execve(process.execPath, args, { ...process.env, MALLOC_ARENA_MAX: SPARING.arenas });
}

function startWithInstalledNode() {
  const node = installedNode();
  if (!node) {
    process.stderr.write(tooOldMessage());
    process.exitCode = 1;
    return;
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches the child by itself, through the terminal; the others only through us.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => undefined);
  child.once('exit', (status, signal) => {
    if (signal === null) {
      process.exitCode = status ?? 1;
      return;
    }
    process.removeAllListeners(signal);
    process.kill(process.pid, signal); // die of what the child died of
  });
}
