/**
 * The built documentation as the server knows it: `files.json` of its folder says for each address the file, its type and its tag.
 * Nothing else is ever read, so no address leads out of the folder. A new build is seen at the next request.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface BuiltFile {
  path: string;
  type: string;
  /** Of its content: for `ETag`. */
  tag: string;
}

export interface BuiltDocs {
  /** The file of an address; undefined when there is none, or no documentation at all. */
  find(url: string): Promise<BuiltFile | undefined>;
  read(file: BuiltFile): Promise<Buffer>;
  /** Whether anything was built. */
  there(): Promise<boolean>;
}

/** The documentation in `folder`, which need not exist. */
export function builtDocs(folder: string): BuiltDocs {
  let known: { changedMs: number; files: ReadonlyMap<string, BuiltFile> } | undefined;
  const files = async (): Promise<ReadonlyMap<string, BuiltFile>> => {
    const list = join(folder, 'files.json');
    try {
      const { mtimeMs } = await stat(list);
      if (known?.changedMs !== mtimeMs) {
        const built: { files: Record<string, BuiltFile> } = JSON.parse(await readFile(list, 'utf8'));
        known = { changedMs: mtimeMs, files: new Map(Object.entries(built.files)) };
      }
      return known.files;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return new Map();
    }
  };
  return {
    find: async (url) => (await files()).get(url),
    read: ({ path }) => readFile(join(folder, path)),
    there: async () => (await files()).size > 0,
  };
}
