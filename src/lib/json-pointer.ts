/** JSON Pointers (RFC 6901): how an answer names a place in a request. */

/** A pointer to a field below `base`. Names that a client chose are cut: one as long as a body would come back with every problem. */
export function pointerTo(base: string, ...names: readonly (string | number)[]): string {
  return base + names.map((name) => `/${shortName(String(name)).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const LONGEST_NAME = 64;

function shortName(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
}
