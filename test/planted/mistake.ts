/**
 * What a planted mistake is: known, small, and made the way a person in a hurry would make it. It lives here as the words it
 * puts in place of others; production code knows nothing of it, and no file is changed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Words of one source file and what stands there instead. The words must occur exactly once. */
export interface Edit {
  /** From the project's folder. */
  file: string;
  from: string;
  to: string;
}

export interface Mistake {
  name: string;
  /** One sentence: what a careless engineer would have done. */
  story: string;
  edits: readonly Edit[];
  /** The cheapest test that finds it, by its whole name. */
  foundBy: { file: string; test: string };
  /** What that test must complain of: a failure for any other reason finds nothing. */
  complaint: RegExp;
}

export const projectFolder = join(import.meta.dirname, '../..');

/** The text with the mistake in it. Throws when the code has changed so that the mistake no longer has a place. */
export function planted(source: string, edit: Edit): string {
  const occurrences = source.split(edit.from).length - 1;
  if (occurrences !== 1) {
    throw new Error(
      `${edit.file} holds these words ${occurrences} times instead of once: the planted bug no longer fits the code: ` +
        `mend it here (test/planted)\n${edit.from}`,
    );
  }
  return source.replace(edit.from, () => edit.to);
}

/** Throws unless every edit of a mistake has its one place, each on top of those before it. */
export function checkFit(mistake: Mistake): void {
  const texts = new Map<string, string>();
  for (const edit of mistake.edits) {
    const text = texts.get(edit.file) ?? readFileSync(join(projectFolder, edit.file), 'utf8');
    texts.set(edit.file, planted(text, edit));
  }
}
