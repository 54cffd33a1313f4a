/**
 * As whom the embedded server runs. PostgreSQL refuses to run as root, yet containers usually are root.
 * For root there are three ways, best first: a user namespace (files stay root's, nothing else changes), a plain change
 * to an unprivileged user, and the same with the right to pass folders closed to that user (a checkout under /root).
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, lchownSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Identity {
  name: 'direct' | 'namespace' | 'user' | 'user-with-passage';
  /** Words put before the command. */
  prefix: readonly string[];
  /** Given to `spawn`. */
  credentials: { uid?: number; gid?: number };
  /** Who must own the server's files on disk; undefined means: whoever runs this process. */
  owner?: { uid: number; gid: number };
}

const direct: Identity = { name: 'direct', prefix: [], credentials: {} };

/** The ways to try on this machine, best first. */
export function possibleIdentities(): readonly Identity[] {
  if (process.getuid?.() !== 0) return [direct];
  const user = unprivilegedUser();
  const { uid, gid } = user;
  const namespace = ['unshare', '-U', `--map-user=${uid}`, `--map-group=${gid}`, '--'];
  // dac_override is what lets the server's processes enter folders that only root may enter; docker grants it to root.
  const rights = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--'];
  return [
    { name: 'namespace', prefix: namespace, credentials: {} },
    { name: 'user', prefix: [], credentials: { uid, gid }, owner: user },
    {
      name: 'user-with-passage',
      prefix: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...rights],
      credentials: {},
      owner: user,
    },
  ];
}

/** The first way in which the program runs and the folder can be entered. Throws with the reason of each that cannot. */
export function workingIdentity(
  identities: readonly Identity[],
  needs: { program: string; folder: string; environment: Record<string, string> },
): Identity {
  const reasons: string[] = [];
  for (const identity of identities) {
    if (identity.name === 'user') openPassage(needs.folder);
    const answer = probe(identity, needs);
    if (answer.status === 0) return identity;
    const why = answer.error?.message ?? answer.stderr.trim().split('\n').at(-1);
    reasons.push(`  ${identity.name}: ${why || `ended with status ${answer.status}`}`);
  }
  throw new Error(
    `The embedded PostgreSQL cannot run here:\n${reasons.join('\n')}\n` +
      'Run as an ordinary user, or set DATABASE_URL to a PostgreSQL 15 to 18 of your own.',
  );
}

function probe(
  identity: Identity,
  needs: { program: string; folder: string; environment: Record<string, string> },
): SpawnSyncReturns<string> {
  const options = { encoding: 'utf8', env: needs.environment, ...identity.credentials } as const;
  if (process.platform === 'win32') return spawnSync(needs.program, ['--version'], options);
  // The shell looks at the folder as the server would see it.
  const script = 'test -x "$2" || { echo "cannot enter $2" >&2; exit 1; }; exec "$1" --version';
  const words = [...identity.prefix, '/bin/sh', '-c', script, 'sh', needs.program, needs.folder];
  return spawnSync(words[0]!, words.slice(1), options);
}

/** Makes a file, or a folder and everything in it, belong to the server's user; does nothing when it already does. */
export function giveFiles(identity: Identity, path: string): void {
  const uid = identity.owner?.uid ?? process.getuid?.();
  const gid = identity.owner?.gid ?? process.getgid?.();
  const found = lstatSync(path);
  if (uid === undefined || gid === undefined || found.uid === uid) return;
  // The folder itself comes last: it is what the check above looks at when this is interrupted.
  const inside = found.isDirectory() ? (readdirSync(path, { recursive: true }) as string[]) : [];
  for (const name of inside) lchownSync(join(path, name), uid, gid);
  lchownSync(path, uid, gid);
}

/** Lets another user pass through (not list or read) a folder and its parent when these are ours; others stay as they are. */
function openPassage(folder: string): void {
  for (const path of [folder, dirname(folder)]) {
    const { uid, mode } = statSync(path);
    if (uid === process.getuid?.()) chmodSync(path, (mode & 0o7777) | 0o011);
  }
}

/** initdb looks its user up by name, so the user must exist here. */
function unprivilegedUser(): { uid: number; gid: number } {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name, , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid > 0);
  const user = users.find(({ name }) => name === 'postgres') ?? users.find(({ name }) => name === 'nobody') ?? users[0];
  if (!user) throw new Error('The embedded PostgreSQL needs an unprivileged user in /etc/passwd, and there is none.');
  return { uid: user.uid, gid: user.gid };
}
