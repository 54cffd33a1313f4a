/**
 * The master key: 32 bytes that wrap every tenant's data key and never enter a database. It comes from the environment or
 * from a file only its owner can read. Several keys may be given: the first wraps, the others still open what they wrapped,
 * which is how a master key is replaced without downtime.
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { platform } from 'node:os';
import { dirname } from 'node:path';
import { KEY_BYTES, subkey } from './sealing.ts';

/** Holds its bytes in a closure: printing or serialising it shows the id only. */
export interface MasterKey {
  /** Names the key without telling it: 16 hex digits of a digest of a derived key. */
  readonly id: string;
  /** A key of 32 bytes for one purpose. */
  derive(purpose: string): Buffer;
  /** Earlier master keys that may still have wrapped something. */
  readonly earlier: readonly MasterKey[];
}

/** The master key cannot be used; `message` says why and what to do, and never holds any of it. */
export class MasterKeyProblem extends Error {
  override name = 'MasterKeyProblem';
}

/**
 * The master key from its text (TENDER_MASTER_KEY) or its file (TENDER_MASTER_KEY_FILE): 32 bytes in base64; earlier keys
 * may follow, one a line or behind a comma. Throws {@link MasterKeyProblem}.
 */
export function loadMasterKey(source: { text: string } | { file: string }): MasterKey {
  if ('text' in source) return parseKeys(source.text, 'TENDER_MASTER_KEY');
  refuseOpenFile(source.file);
  return parseKeys(readFileSync(source.file, 'utf8'), source.file);
}

/**
 * Makes a file with a new master key, readable by its owner only, and loads it; a file that is already there is loaded as it
 * is. The file is on disk before this returns: a lost key means that no stored card can be opened again.
 */
export function createMasterKeyFile(path: string, random: (bytes: number) => Buffer): MasterKey {
  const draft = `${path}.${random(6).toString('hex')}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, `${random(KEY_BYTES).toString('base64')}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  try {
    // A link is made whole or not at all, and only when no other process was first.
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  flushFolder(dirname(path));
  return loadMasterKey({ file: path });
}

/** A key of 32 bytes for one purpose of the whole program, such as the MAC of form tokens. Changes with the master key. */
export function deriveKey(masterKey: MasterKey, purpose: string): Buffer {
  return masterKey.derive(`program/${purpose}`);
}

function parseKeys(text: string, source: string): MasterKey {
  const [first, ...others] = text.split(/[\s,]+/).filter((part) => part !== '');
  if (first === undefined) throw new MasterKeyProblem(`${source} is empty: it must hold 32 random bytes in base64.`);
  return masterKey(
    decode(first, source),
    others.map((part) => masterKey(decode(part, source), [])),
  );
}

function masterKey(secret: Buffer, earlier: readonly MasterKey[]): MasterKey {
  const id = createHash('sha256').update(subkey(secret, 'master-key-id')).digest('hex').slice(0, 16);
  return { id, earlier, derive: (purpose) => subkey(secret, purpose) };
}

function decode(text: string, source: string): Buffer {
  const secret = Buffer.from(text, 'base64');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text) || secret.length !== KEY_BYTES) {
    throw new MasterKeyProblem(
      `${source} must hold 32 random bytes in base64, as \`openssl rand -base64 32\` prints them.`,
    );
  }
  return secret;
}

function refuseOpenFile(path: string): void {
  let mode: number;
  try {
    mode = statSync(path).mode & 0o777;
  } catch (error) {
    throw new MasterKeyProblem(`The master key file ${path} cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
  // Windows has no such modes: there the folder's access list decides.
  if (platform() !== 'win32' && mode !== 0o400 && mode !== 0o600) {
    const shown = mode.toString(8).padStart(4, '0');
    throw new MasterKeyProblem(
      `The master key file ${path} has mode ${shown}: others must not read it. Run \`chmod 0400 ${path}\`.`,
    );
  }
}

/** The name of a new file survives a power cut only once its folder is on disk. */
function flushFolder(path: string): void {
  if (platform() === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
