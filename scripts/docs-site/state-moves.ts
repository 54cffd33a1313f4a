/** A state diagram as a table that everybody can read: from each state, what it can become. The diagram's source stays in the twin. */
import { escapeHtml } from '../../src/web/html.ts';

/** The table of a `stateDiagram-v2`; other diagrams are shown as their source. */
export function movesTable(source: string): string {
  const moves = new Map<string, string[]>();
  for (const [, from = '', to = ''] of source.matchAll(/^\s*(\S+) --> (\S+)/gm))
    moves.set(from, [...(moves.get(from) ?? []), to]);
  if (moves.size === 0) return `<div class="code"><pre tabindex="0"><code>${escapeHtml(source)}</code></pre></div>\n`;
  const rows = [...moves].map(([from, to]) => {
    const name = from === '[*]' ? 'begins as' : `<code>${escapeHtml(from)}</code>`;
    return `<tr><th scope="row">${name}</th><td>${to.map(stateName).join(', ')}</td></tr>`;
  });
  const head = '<thead><tr><th scope="col">State</th><th scope="col">Can become</th></tr></thead>';
  return `<div class="table" tabindex="0" role="group" aria-label="Moves between states">\n<table>${head}<tbody>${rows.join('\n')}</tbody></table></div>\n`;
}

function stateName(name: string): string {
  return name === '[*]' ? 'final' : `<code>${escapeHtml(name)}</code>`;
}
