/**
 * A preload: `PLANTED_MISTAKE=name node --import ./test/planted/plant.ts file.test.ts` runs that test on code with one
 * mistake in it. The text of a module is changed as it is loaded; the file stays as it is.
 */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mistakes } from './catalogue.ts';
import { type Edit, planted, projectFolder } from './mistake.ts';

const name = process.env.PLANTED_MISTAKE;
const mistake = mistakes.find((one) => one.name === name);
if (mistake === undefined) throw new Error(`PLANTED_MISTAKE names no mistake of the catalogue: ${name}`);

const editsByUrl = new Map<string, Edit[]>();
for (const edit of mistake.edits) {
  const url = pathToFileURL(join(projectFolder, edit.file)).href;
  editsByUrl.set(url, [...(editsByUrl.get(url) ?? []), edit]);
}

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const edits = editsByUrl.get(url);
    if (edits === undefined) return loaded;
    const { source } = loaded;
    const text = typeof source === 'string' ? source : new TextDecoder().decode(source ?? undefined);
    return { ...loaded, source: edits.reduce(planted, text) };
  },
});
