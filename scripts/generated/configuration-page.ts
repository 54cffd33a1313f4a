/** Makes `docs/configuration.md`: every setting with its default and its one line. */
import { SETTINGS } from '../../src/config.ts';

interface Row {
  byDefault: unknown;
  doc: string;
  secret?: true;
}

/** Text of the page. */
export function configurationPage(): string {
  const rows = (Object.entries(SETTINGS) as [string, Row][]).map(
    ([name, row]) =>
      `| \`${name}\` | ${shownDefault(row)} | ${row.doc.replaceAll('|', '\\|')}${row.secret ? ' Never printed.' : ''} |`,
  );
  return `<!-- Made by \`npm run generate\` from src/config.ts; do not edit. -->
# Configuration

Settings come from the environment. All are read once at the start; whatever cannot be used is reported at once, each problem by
name, and nothing starts. A setting that is absent or empty has its default.

| Setting | Default | |
|---|---|---|
${rows.join('\n')}
`;
}

function shownDefault({ byDefault }: Row): string {
  const value: unknown = typeof byDefault === 'function' ? byDefault() : byDefault;
  if (value === undefined) return '–';
  if (typeof value === 'boolean') return value ? '`on`' : '`off`';
  return `\`${String(value)}\``;
}
