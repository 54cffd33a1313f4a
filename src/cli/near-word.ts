/** The word that was probably meant by one that is not known. */

/** The nearest of `words`, if one is near enough to have been meant. */
export function nearWord(typed: string, words: readonly string[]): string | undefined {
  const near = words.map((word) => ({ word, far: distance(word, typed) })).sort((a, b) => a.far - b.far)[0];
  // Of a short word two wrong letters leave nothing.
  return near !== undefined && near.far <= Math.min(2, Math.ceil(typed.length / 2)) ? near.word : undefined;
}

/** ` Did you mean "keys"?`, or nothing. */
export function suggestion(typed: string, words: readonly string[]): string {
  const near = nearWord(typed, words);
  return near === undefined ? '' : ` Did you mean "${near}"?`;
}

/** `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** How many letters have to be put in, taken out or changed (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
