/**
 * Colours of code, made when the site is built: shell, JSON, TypeScript and SQL are cut by one expression each into comments, texts,
 * words and numbers. What no expression knows stays plain, so a mistake here can only leave a colour out.
 */
import { escapeHtml } from '../../src/web/html.ts';

/** Names of groups are the classes of the style sheet: c(omment), s(tring), k(eyword), n(umber), v(ariable), p(roperty). */
const LANGUAGES: Readonly<Record<string, RegExp>> = {
  sh: /(?<c>(?<![^\s])#[^\n]*)|(?<s>'[^']*'|"(?:\\.|[^"\\])*")|(?<v>\$\w+|^[A-Z_]+(?==))|(?<k>(?<=^|[|&] ?)(?:curl|npm|npx|node|export|tender|kill|cat|docker|psql|openssl)\b)|(?<p>(?<=\s)--?[\w-]+)/gm,
  json: /(?<p>"(?:\\.|[^"\\])*"(?=\s*:))|(?<s>"(?:\\.|[^"\\])*")|(?<n>-?\b\d[\d.]*\b)|(?<k>\b(?:true|false|null)\b)/g,
  ts: /(?<c>\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<s>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|(?<k>\b(?:import|export|from|const|let|async|await|for|of|if|else|return|throw|try|catch|new|function|instanceof|type|interface|class)\b)|(?<n>\b\d[\d_.]*\b)/g,
  sql: /(?<c>--[^\n]*)|(?<s>'[^']*')|(?<k>\b(?:select|from|where|and|or|not|insert|into|values|update|set|delete|create|table|index|join|on|group|order|by|limit|as|with|grant|revoke|to|role)\b)|(?<n>\b\d+\b)/gi,
};

const SAME: Readonly<Record<string, string>> = {
  bash: 'sh',
  shell: 'sh',
  js: 'ts',
  javascript: 'ts',
  typescript: 'ts',
};

/** The inside of a `code` element: text as HTML, with spans where the language is known. */
export function coloured(text: string, language: string): string {
  const pattern = LANGUAGES[SAME[language] ?? language];
  if (pattern === undefined) return escapeHtml(text);
  let out = '';
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    const kind = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined)?.[0];
    out += `${escapeHtml(text.slice(at, match.index))}<i class="${kind}">${escapeHtml(match[0])}</i>`;
    at = match.index + match[0].length;
  }
  return out + escapeHtml(text.slice(at));
}
