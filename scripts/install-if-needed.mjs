/**
 * Runs before `npm start` and `npm test`: installs the packages when they are missing or not those of package-lock.json and,
 * with `--browser`, sees to a Chromium, with `--docs` to the documentation as pages. Everything goes to stderr, because stdout may
 * be data (`npm start -- --json`).
 * Plain JavaScript without packages: it runs on the system's Node, whatever its age, in a checkout that holds nothing yet.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installedNode, isNewEnough, tooOldMessage } from '../src/cli/node-version.mjs';
import { chromiumAdvice, findChromium } from './chromium.mjs';

const projectFolder = dirname(dirname(fileURLToPath(import.meta.url)));
const forTests = process.argv.includes('--browser');

const reason = reasonToInstall();
if (reason) installPackages(reason);
if (!isNewEnough(process.version) && !installedNode()) fail(tooOldMessage());
if (forTests && !findChromium()) installChromium();
if (process.argv.includes('--docs')) buildDocs();

/**
 * Compares what is installed with what the lock file asks for, package by package; times of files say nothing after a
 * `git checkout`.
 * @returns {string | undefined}
 */
function reasonToInstall() {
  const wanted = readPackages(join(projectFolder, 'package-lock.json'));
  if (!wanted) fail('package-lock.json is missing or broken: this is no complete checkout of Tender.');
  const installed = readPackages(join(projectFolder, 'node_modules', '.package-lock.json'));
  if (!installed) return 'The packages are not installed yet';
  for (const [path, entry] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/')) continue; // the project itself and its workspaces
    const present = installed[path];
    if (present && differs(present, entry)) {
      return `${path.replace(/^node_modules\//, '')} is not the version of package-lock.json`;
    }
    if (!present && isNeeded(entry)) return `${path.replace(/^node_modules\//, '')} is not installed`;
  }
  // Packages made for another machine: node_modules was copied here, or is shared between two systems.
  const foreign = Object.entries(installed).find(([, entry]) => !suitsPlatform(entry));
  return foreign && `${foreign[0].replace(/^node_modules\//, '')} is made for another system`;
}

/** The lock file may lack the checksum of a package that only other platforms install. */
function differs(present, entry) {
  const integrities = [present.integrity, entry.integrity].filter(Boolean);
  return present.version !== entry.version || new Set(integrities).size > 1;
}

/** Optional packages may be left out by choice (and other platforms' always are); so may those for development. */
function isNeeded(entry) {
  if (entry.optional || entry.devOptional || entry.peer) return false;
  return forTests || !entry.dev;
}

function suitsPlatform(entry) {
  const suits = (list, value) =>
    !list || list.includes(value) || (list[0]?.startsWith('!') && !list.includes(`!${value}`));
  return suits(entry.os, process.platform) && suits(entry.cpu, process.arch);
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined; // absent, or cut short by an interrupted install: both mean "install"
  }
}

function installPackages(why) {
  say(`${why}: running "npm ci --ignore-scripts" (needs the network; up to a minute) …`);
  const startedAt = Date.now();
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  if (forTests) words.push('--include=dev'); // also under NODE_ENV=production
  // npm names its own program in the environment of the scripts it runs.
  const npm = process.env.npm_execpath;
  const run =
    npm && /\.c?js$/.test(npm)
      ? [process.execPath, [npm, ...words]]
      : [process.platform === 'win32' ? 'npm.cmd' : 'npm', words];
  const result = spawnSync(run[0], run[1], {
    cwd: projectFolder,
    stdio: ['ignore', 2, 2],
    shell: run[0].endsWith('.cmd'),
  });
  if (result.status !== 0) {
    const how = result.error ? result.error.message : `status ${result.status ?? result.signal}`;
    fail(
      `Installing the packages failed (${how}). Is the npm registry within reach? Then run "npm ci --ignore-scripts" to see more.`,
    );
  }
  say(`Packages installed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
}

/** The pages under /docs, if a source of theirs has changed. A start does not fail for want of them: then /docs says what to do. */
function buildDocs() {
  const node = isNewEnough(process.version) ? process.execPath : installedNode();
  spawnSync(node, [join(projectFolder, 'scripts/build-docs.ts'), '--if-needed'], { stdio: ['ignore', 2, 2] });
}

/** On Debian as root the browser comes by itself; everywhere else a person decides. Never stops the tests from running. */
function installChromium() {
  const canInstall = isDebian() && process.getuid?.() === 0 && !process.env.TENDER_CHROMIUM;
  if (canInstall) {
    say('No Chromium found: installing it with apt-get (about a minute) …');
    const install = ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-liberation'];
    // The package lists may be missing or too old; fetching them takes a while, so only then.
    if (!aptGet(install)) aptGet(['update', '-qq']) && aptGet(install);
  }
  if (!findChromium()) say(`${chromiumAdvice()} Until then the browser tests fail.`);
}

function isDebian() {
  try {
    return /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false; // no Linux of the usual kind
  }
}

function aptGet(words) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', words, { stdio: ['ignore', 2, 2], env }).status === 0;
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(line) {
  say(line.trimEnd());
  process.exit(1);
}
