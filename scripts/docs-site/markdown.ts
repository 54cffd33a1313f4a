/**
 * Markdown to the inside of a page: headings with anchors as code hosts make them, tables that scroll, coloured code, code in tabs, and
 * what the rest of the site needs to know of a page: its title, its headings and its words.
 */
import { Marked, type Token, type Tokens } from 'marked';
import { escapeHtml } from '../../src/web/html.ts';
import { coloured } from './colouring.ts';
import { movesTable } from './state-moves.ts';

export interface Heading {
  depth: number;
  id: string;
  text: string;
}

export interface Rendered {
  html: string;
  title: string;
  /** The first paragraph, without marks. */
  summary: string;
  /** All but the title. */
  headings: readonly Heading[];
  /** All words outside of code blocks, for the search. */
  words: string;
}

/** Renders a whole page. Throws when it has no heading of its own, or two. */
export function render(markdown: string): Rendered {
  const page = new PageRenderer();
  const tokens = page.marked.lexer(markdown.replace(/<!--[\s\S]*?-->\s*/g, ''));
  const titles = tokens.filter((token) => token.type === 'heading' && token.depth === 1);
  if (titles.length !== 1) throw new Error(`a page has one heading of the first level, this has ${titles.length}`);
  const first = tokens.find((token) => token.type === 'paragraph');
  const body = tokens.filter((token) => token !== titles[0]);
  const title = plain(titles[0] as Token);
  page.slug(title);
  return {
    html: page.blocks(body),
    title,
    summary: first === undefined ? '' : plain(first).replace(/\s+/g, ' '),
    headings: page.headings,
    words: wordsOf(body),
  };
}

class PageRenderer {
  readonly headings: Heading[] = [];
  readonly marked = new Marked({ gfm: true });
  readonly #slugs = new Map<string, number>();
  #tabs = 0;

  constructor() {
    const page = this;
    this.marked.use({
      renderer: {
        heading({ tokens, depth, text }) {
          const words = plain({ type: 'heading', raw: text, tokens } as Token);
          const id = page.slug(words);
          page.headings.push({ depth, id, text: words });
          const name = `<a class="anchor" href="#${id}" aria-label="Link to “${escapeHtml(words)}”">#</a>`;
          return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}${name}</h${depth}>\n`;
        },
        code: ({ text, lang }) => codeBlock(text, lang ?? ''),
        html: ({ text }) => escapeHtml(text),
        table(token) {
          return table(token, (tokens) => this.parser.parseInline(tokens));
        },
        link({ href, tokens }) {
          const words = this.parser.parseInline(tokens);
          return `<a href="${escapeHtml(href)}"${/^https?:/.test(href) ? ' rel="noopener"' : ''}>${words}</a>`;
        },
        list(token) {
          const items = token.items.map((item) => page.item(item, (tokens) => this.parser.parse(tokens)));
          return token.ordered ? `<ol>${items.join('')}</ol>\n` : `<ul>${items.join('')}</ul>\n`;
        },
      },
    });
  }

  /** Blocks one after the other; neighbouring code of which each names a tab becomes one set of tabs. */
  blocks(tokens: readonly Token[]): string {
    const out: string[] = [];
    const solid = tokens.filter((token) => token.type !== 'space');
    for (let i = 0; i < solid.length; i++) {
      const group: Tokens.Code[] = [];
      while (i + group.length < solid.length && tabOf(solid[i + group.length]) !== undefined)
        group.push(solid[i + group.length] as Tokens.Code);
      if (group.length === 0) out.push(this.marked.parser([solid[i] as Token]));
      else {
        out.push(this.#tabSet(group));
        i += group.length - 1;
      }
    }
    return out.join('');
  }

  /** Fields inside fields are folded away below the second level, so that a long body can be overlooked. */
  item(item: Tokens.ListItem, inner: (tokens: Token[]) => string): string {
    const lists = item.tokens.filter((token) => token.type === 'list');
    const own = item.tokens.filter((token) => token.type !== 'list');
    const text = own
      .map((token) => (token.type === 'text' ? this.inline(token as Tokens.Text) : inner([token])))
      .join('');
    const inside = lists.map((list) => inner([list])).join('');
    const fields = lists
      .flatMap((list) => (list as Tokens.List).items)
      .filter(({ text: words }) => words.startsWith('**`'));
    if (fields.length === 0 || !item.text.startsWith('**`')) return `<li>${text}${inside}</li>`;
    const count = `${fields.length} ${fields.length === 1 ? 'field' : 'fields'}`;
    const open = fields.length <= 2 ? ' open' : '';
    return `<li>${text}<details${open}><summary>${count}</summary>${inside}</details></li>`;
  }

  inline(token: Tokens.Text): string {
    return this.marked.Parser.parseInline(token.tokens ?? [token], this.marked.defaults);
  }

  #tabSet(group: readonly Tokens.Code[]): string {
    this.#tabs += 1;
    const name = `tabs-${this.#tabs}`;
    const tabs = group.map((code, i) => {
      const id = `${name}-${i}`;
      const input = `<input type="radio" name="${name}" id="${id}"${i === 0 ? ' checked' : ''}>`;
      return `${input}<label for="${id}">${tabOf(code)}</label>${codeBlock(code.text, (code.lang ?? '').split(' ')[0] ?? '')}`;
    });
    return `<fieldset class="tabs"><legend>Example in</legend>${tabs.join('')}</fieldset>\n`;
  }

  /** The anchor of a heading, as code hosts make it; a second one of the same words gets a number. */
  slug(words: string): string {
    const base = words
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const seen = this.#slugs.get(base) ?? 0;
    this.#slugs.set(base, seen + 1);
    return seen === 0 ? base : `${base}-${seen}`;
  }
}

function tabOf(token: Token | undefined): string | undefined {
  return token?.type === 'code' ? / tab=(.+)$/.exec((token as Tokens.Code).lang ?? '')?.[1] : undefined;
}

function codeBlock(text: string, language: string): string {
  if (language === 'mermaid') return movesTable(text);
  const name = /^\w+$/.test(language) ? language : 'text';
  return `<div class="code"><pre tabindex="0"><code class="language-${name}">${coloured(text, name)}</code></pre></div>\n`;
}

function table({ header, rows }: Tokens.Table, inline: (tokens: Token[]) => string): string {
  // A column without a name needs none; a table without any is a list of names and values.
  const named = header.some((cell) => cell.text !== '');
  const head = header.map((cell) => (cell.text === '' ? '<td></td>' : `<th scope="col">${inline(cell.tokens)}</th>`));
  const body = rows.map((row) => {
    const cells = row.map((cell, i) =>
      !named && i === 0 && cell.text !== ''
        ? `<th scope="row">${inline(cell.tokens)}</th>`
        : `<td>${inline(cell.tokens)}</td>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  const top = named ? `<thead><tr>${head.join('')}</tr></thead>` : '';
  return `<div class="table" tabindex="0" role="group" aria-label="Table">\n<table>${top}<tbody>${body.join('\n')}</tbody></table></div>\n`;
}

/** The text of a token without its marks. */
function plain(token: Token): string {
  const inner = (token as { tokens?: Token[] }).tokens;
  if (inner !== undefined) return inner.map(plain).join('');
  return 'text' in token ? String(token.text) : '';
}

function wordsOf(tokens: readonly Token[]): string {
  return tokens
    .map((token): string => {
      if (token.type === 'code' || token.type === 'space') return '';
      if (token.type === 'table') {
        const { header, rows } = token as Tokens.Table;
        return [header, ...rows].map((row) => row.map((cell) => cell.tokens.map(plain).join('')).join(' ')).join(' ');
      }
      if (token.type === 'list') return (token as Tokens.List).items.map((item) => wordsOf(item.tokens)).join(' ');
      if (token.type === 'blockquote') return wordsOf((token as Tokens.Blockquote).tokens);
      return plain(token);
    })
    .join(' ');
}
