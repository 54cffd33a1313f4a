/** `tender sandbox start`, and how `tender dev` starts or finds its sandbox: always as a process of its own. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('../sandbox/main.ts', import.meta.url));

/** Runs the sandbox in the foreground and answers its exit code. */
export function runSandboxProcess(argv: string[]): Promise<number> {
  const child = spawn(process.execPath, [ENTRY, ...argv], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

export interface RunningSandbox {
  url: string;
  controlKey: string;
  /** Lets the sandbox end by itself ten seconds later, unless somebody else holds it. */
  release(): void;
}

/** Starts the sandbox of a data folder, or takes up the one that still runs on it. */
export async function startSandbox(options: {
  dataDir: string;
  port: number;
  latency: string;
  say(line: string): void;
}): Promise<RunningSandbox> {
  const folder = join(options.dataDir, 'sandbox');
  const note = join(options.dataDir, 'sandbox-url');
  const found =
    (await findSandbox(lastUrl(note), folder)) ?? (await findSandbox(`http://127.0.0.1:${options.port}`, folder));
  const url = found ?? (await spawnFreely(folder, options));
  writeFileSync(note, `${url}\n`);
  const controlKey = readFileSync(join(folder, 'control.key'), 'utf8').trim();
  return { url, controlKey, release: hold(url, controlKey) };
}

/** Where the last start had its sandbox: another port than the wanted one, if that was taken. */
function lastUrl(note: string): string | undefined {
  try {
    return readFileSync(note, 'utf8').trim();
  } catch {
    // No start before this one.
    return undefined;
  }
}

/** The sandbox at this address, if it is one that works on our folder: it takes our control key. */
async function findSandbox(url: string | undefined, folder: string): Promise<string | undefined> {
  if (url === undefined) return undefined;
  try {
    const health = (await (await fetch(`${url}/health`, { signal: AbortSignal.timeout(1_000) })).json()) as {
      name?: string;
    };
    if (health.name !== 'tender-sandbox') return undefined;
    const controlKey = readFileSync(join(folder, 'control.key'), 'utf8').trim();
    const stats = await fetch(`${url}/control/stats`, {
      headers: { 'control-key': controlKey },
      signal: AbortSignal.timeout(1_000),
    });
    await stats.arrayBuffer();
    return stats.ok ? url : undefined;
  } catch {
    // Nothing there, or nothing of ours: a sandbox is started.
    return undefined;
  }
}

async function spawnFreely(
  folder: string,
  options: { port: number; latency: string; say(line: string): void },
): Promise<string> {
  for (let port = options.port; port < options.port + 20; port++) {
    const ready = await spawnOn(folder, { port, latency: options.latency });
    if (typeof ready === 'string') return ready;
    if (!ready.busy) throw new Error(`The sandbox processor did not start:\n${ready.words}`);
    options.say(`Port ${port} is taken; the sandbox tries ${port + 1}.`);
  }
  throw new Error(`No free port from ${options.port} on for the sandbox: set TENDER_SANDBOX_PORT.`);
}

function spawnOn(
  folder: string,
  options: { port: number; latency: string },
): Promise<string | { busy: boolean; words: string }> {
  const args = [
    ENTRY,
    '--port',
    String(options.port),
    '--data',
    folder,
    '--latency',
    options.latency,
    '--exit-with-parent',
  ];
  // A group of its own: Ctrl-C in the terminal and kills of the parent leave it to finish and to be taken up again.
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve) => {
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString('utf8')).slice(-4_000);
    });
    child.on('exit', () => resolve({ busy: /EADDRINUSE|in use/i.test(words), words }));
    createInterface({ input: child.stdout }).once('line', (line) => {
      child.unref();
      for (const stream of [child.stdout, child.stderr]) (stream as unknown as { unref?(): void }).unref?.();
      resolve((JSON.parse(line) as { url: string }).url);
    });
  });
}

/** Keeps a request open for as long as this process wants the sandbox. */
function hold(url: string, controlKey: string): () => void {
  const request = get(`${url}/control/hold`, { headers: { 'control-key': controlKey } }, (answer) => answer.resume());
  request.on('error', () => undefined);
  request.on('socket', (socket) => socket.unref());
  return () => request.destroy();
}
