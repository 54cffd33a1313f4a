#!/usr/bin/env node
/**
 * The `tender` command as the shell starts it. Under a new Node it only loads the real command; under one too old to read
 * TypeScript it starts the Node that npm installed beside Tender, or says what to do.
 */
import { spawn } from 'node:child_process';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import { installedNode, isNewEnough, tooOldMessage } from './node-version.mjs';

if (isNewEnough(process.version)) {
  // Types are stripped and code is compiled once and kept: later starts are quicker and need less memory.
  nodeModule.enableCompileCache?.();
  await import('./tender.ts');
} else {
  startWithInstalledNode();
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
