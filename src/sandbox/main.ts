/**
 * The sandbox as a process: `node src/sandbox/main.ts --port 4601 --data DIR`. One line of JSON on stdout when ready, words
 * on stderr. It outlives whoever started it, unless told to exit with its last holder.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EVERYDAY_LATENCY } from './latency.ts';
import { type RunningSandbox, type SandboxOptions, startSandbox } from './server.ts';

const HELP = `tender sandbox start [options]

  --port N                 4601; 0 takes any free port
  --host ADDRESS           127.0.0.1
  --data DIR               sandbox below TENDER_DATA_DIR, so .tender/sandbox
  --seed TEXT              for a new book; random by default
  --latency SPEC           0, fixed:50, lognormal:60,0.35,30,120 (default)
  --sync always|off        always
  --authorization-days N   7
  --book-max BYTES         2147483648
  --tls-cert FILE --tls-key FILE
  --exit-with-parent       end 10 s after the last holder of GET /control/hold is gone

Each is also a setting: TENDER_SANDBOX_PORT, TENDER_SANDBOX_DATA, …
`;

const OPTIONS = [
  'port',
  'host',
  'data',
  'seed',
  'latency',
  'sync',
  'authorization-days',
  'book-max',
  'tls-cert',
  'tls-key',
] as const;
const GRACE_MS = 10_000;
/** Somebody who asked for --exit-with-parent and never came to hold it is not coming. */
const FIRST_HOLDER_MS = 60_000;

type Values = Partial<Record<(typeof OPTIONS)[number], string>>;
type Environment = Readonly<Record<string, string | undefined>>;

/** Runs a sandbox until it is told to stop; resolves with the exit code. */
export async function runSandbox(argv: readonly string[], env: Environment): Promise<number> {
  const say = (words: string): void => void process.stderr.write(`tender-sandbox: ${words}\n`);
  // Whoever read our words may be dead by now, and we go on: only the book decides when we must end.
  process.stderr.on('error', () => undefined);
  let settings: { options: SandboxOptions; exitWithParent: boolean } | undefined;
  try {
    settings = readSettings(argv, env);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
    return 2;
  }
  if (settings === undefined) {
    process.stdout.write(HELP);
    return 0;
  }
  const ending = createEnding(settings.exitWithParent, say);
  try {
    const onFatal = (error: Error): never => {
      // Not one more byte may leave this process: what the disk did not keep must not be told.
      say(`the book cannot be written: ${error.message}`);
      process.exit(70);
    };
    const sandbox = await startSandbox({ ...settings.options, say, onFatal, onHolders: ending.onHolders });
    announce(sandbox);
    say(await ending.reason);
    await sandbox.close();
    return 0;
  } catch (error) {
    say((error as Error).message);
    return 1;
  }
}

function announce(sandbox: RunningSandbox): void {
  const { url, port } = sandbox;
  process.stdout.write(`${JSON.stringify({ name: 'tender-sandbox', url, port, pid: process.pid })}\n`);
}

/** Resolves with words once there is a reason to end: a signal, or nobody left who wants the sandbox. */
function createEnding(
  exitWithParent: boolean,
  say: (words: string) => void,
): { reason: Promise<string>; onHolders: (holders: number) => void } {
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(`ends on ${signal}`));
  let waiting = exitWithParent
    ? setTimeout(() => resolve('ends: nobody came to hold it'), FIRST_HOLDER_MS).unref()
    : undefined;
  const onHolders = (holders: number): void => {
    if (!exitWithParent) return;
    clearTimeout(waiting);
    if (holders > 0) return;
    say(`the last holder is gone; ends in ${GRACE_MS / 1000} s unless held again`);
    waiting = setTimeout(() => resolve('ends with its last holder'), GRACE_MS).unref();
  };
  return { reason: promise, onHolders };
}

/** Flags first, then settings, then defaults; undefined asks for the help text. */
function readSettings(
  argv: readonly string[],
  env: Environment,
): { options: SandboxOptions; exitWithParent: boolean } | undefined {
  const strings = Object.fromEntries(OPTIONS.map((name) => [name, { type: 'string' as const }]));
  const { values } = parseArgs({
    args: [...argv],
    options: { ...strings, 'exit-with-parent': { type: 'boolean' }, help: { type: 'boolean' } },
    strict: true,
  });
  if (values.help) return undefined;
  const flags = values as Values;
  const setting = (name: (typeof OPTIONS)[number]): string | undefined =>
    flags[name] ?? env[`TENDER_SANDBOX_${name.toUpperCase().replaceAll('-', '_')}`];
  const sync = setting('sync') ?? 'always';
  if (sync !== 'always' && sync !== 'off') throw new Error('--sync must be always or off');
  const cert = setting('tls-cert');
  const key = setting('tls-key');
  if ((cert === undefined) !== (key === undefined)) throw new Error('--tls-cert and --tls-key come together');
  const seed = setting('seed');
  const options: SandboxOptions = {
    folder: setting('data') ?? join(env.TENDER_DATA_DIR ?? '.tender', 'sandbox'),
    port: wholeNumber(setting('port') ?? '4601', '--port', 65_535),
    host: setting('host') ?? '127.0.0.1',
    latency: setting('latency') ?? EVERYDAY_LATENCY,
    sync,
    authorizationDays: wholeNumber(setting('authorization-days') ?? '7', '--authorization-days', 365),
    bookMaxBytes: wholeNumber(setting('book-max') ?? String(2 ** 31), '--book-max', Number.MAX_SAFE_INTEGER),
    ...(seed !== undefined && { seed }),
    ...(cert !== undefined &&
      key !== undefined && { tls: { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') } }),
  };
  return { options, exitWithParent: values['exit-with-parent'] === true };
}

function wholeNumber(text: string, flag: string, max: number): number {
  if (!/^\d{1,16}$/.test(text) || Number(text) > max) throw new Error(`${flag} must be a whole number up to ${max}`);
  return Number(text);
}

if (import.meta.main) process.exitCode = await runSandbox(process.argv.slice(2), process.env);
