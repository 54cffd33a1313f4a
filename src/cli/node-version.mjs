/**
 * Which Node runs Tender. Plain JavaScript that any Node from 18 on can read, because its job is to be read by an old one:
 * TypeScript and newer syntax would fail there with a message that helps nobody.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The oldest major version that runs Tender (package.json says the same under `engines`). */
export const oldestNode = 24;

const projectFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * Whether a version such as `v24.21.0` is new enough.
 * @param {string} version
 * @returns {boolean}
 */
export function isNewEnough(version) {
  return Number(version.replace(/^v/, '').split('.')[0]) >= oldestNode;
}

/**
 * The Node that npm installed beside Tender, if there is one for this platform.
 * @returns {string | undefined}
 */
export function installedNode() {
  const modules = join(projectFolder, 'node_modules');
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return [join(modules, `node-${platform}-${process.arch}`, 'bin', name)].find((path) => existsSync(path));
}

/** What to do about a Node that is too old, for a person. */
export function tooOldMessage() {
  return (
    `Tender needs Node ${oldestNode} or newer; this is ${process.version} (${process.execPath}).\n` +
    `Install Node ${oldestNode} from https://nodejs.org, or run "npm ci --ignore-scripts" in ${projectFolder}: ` +
    'on Linux and on Windows it brings its own.\n'
  );
}
