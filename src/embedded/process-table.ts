/**
 * What the operating system says about another process: does it still run, when did it start, what was it called with,
 * where does it work.
 * A bare process id proves nothing, because ids are used again; an id together with its start mark does.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/** True while a process with this id runs. A process that has ended but was not collected by its parent counts as gone. */
export function processRuns(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  return process.platform === 'linux' ? statFields(pid) !== undefined : processIdTaken(pid);
}

/** True while the id is in use, be it by a process that has ended and waits for its parent to collect it. */
export function processIdTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * A text that differs between two processes which had the same id one after the other, or undefined when none runs.
 * Where the platform cannot tell, the text is constant and the id alone decides.
 */
export function processStartMark(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const fields = statFields(pid);
    // Ticks since boot: only unique together with the boot itself.
    return fields && `${bootId()}/${fields[19]}`;
  }
  if (!processRuns(pid)) return undefined;
  if (process.platform === 'win32') return 'unknown';
  return ps(pid, 'lstart=');
}

/** The command line of a running process with its words separated by spaces, or undefined where it cannot be read. */
export function processCommand(pid: number): string | undefined {
  if (process.platform === 'win32') return undefined;
  if (process.platform !== 'linux') return ps(pid, 'command=');
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  } catch {
    return undefined; // it has just ended
  }
}

/** The folder a running process works in, or undefined where it cannot be read. */
export function processFolder(pid: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined; // it has just ended, or belongs to somebody else
  }
}

/** The fields of /proc/PID/stat behind the command name (which may hold spaces and brackets); undefined for the dead. */
function statFields(pid: number): string[] | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined; // no such process
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields;
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'unknown'; // some sandboxes hide it; the ticks alone still tell almost everything apart
  }
}

function ps(pid: number, column: string): string | undefined {
  const answer = spawnSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8', env: { LC_ALL: 'C' } });
  return answer.stdout?.trim() || undefined;
}
