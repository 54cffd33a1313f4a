/**
 * Every page of the documentation and every block of code in it. A block is run, type-checked, or the answer of one that is
 * run; what is none of these stands in the list below, with the reason.
 */
import { filesUnder, type SourceFile } from './source-tree.ts';

export interface Block {
  path: string;
  line: number;
  /** Empty where the page names none. */
  language: string;
  text: string;
}

/** Pages whose blocks are done by a reader beside a running server. */
export const FOLLOWED = /^docs\/(guides\/.*|operations\/.*|quick-start)\.md$/;

/** Why a block is neither run nor type-checked. The first row that fits counts; a row that fits nothing fails the test. */
export const NOT_RUN: readonly { path: RegExp; language: RegExp; text: RegExp; why: string }[] = [
  {
    path: /./,
    language: /^html$/,
    text: /./,
    why: 'a page for a browser: test/web/browser opens it',
  },
  {
    path: /^docs\/states\.md$/,
    language: /^mermaid$/,
    text: /./,
    why: 'a picture, drawn from the transition tables: test/catalogues.test.ts compares them',
  },
  {
    path: /^docs\/(errors|events)\.md$/,
    language: /^json$/,
    text: /./,
    why: 'made from the catalogues; what such an answer looks like is tested at the front door',
  },
  {
    path: /^docs\/commands\.md$/,
    language: /^text$/,
    text: /./,
    why: 'the help of each command, made from its declaration; the commands have tests of their own',
  },
  {
    path: /^docs\/decisions\//,
    language: /^(markdown|sql)$/,
    text: /./,
    why: 'shows the form of a decision, or of a statement, to people who read the code',
  },
  {
    path: /^README\.md$/,
    language: /^sh$/,
    text: /./,
    why: 'run by test/readme.test.ts, against a server that `npm start` started',
  },
  {
    path: /^CONTRIBUTING\.md$/,
    language: /^sh$/,
    text: /^npm test\b/,
    why: 'runs the tests themselves',
  },
  {
    path: /^ARCHITECTURE\.md$/,
    language: /^ts$/,
    text: /^export function expireSession\(/,
    why: 'a signature of the project itself: tsc reads the original',
  },
  {
    path: /^docs\/operations\/(check|prove)\.md$|^src\/sandbox\/README\.md$/,
    language: /^$/,
    text: /./,
    why: 'forms of a command with remarks; the command has tests of its own',
  },
  {
    path: FOLLOWED,
    language: /^sh$/,
    text: /^(npm start|npm run build:sdk|export TENDER_SECRET_KEY=sk_test_…)$/m,
    why: 'the test has started the server, knows its key, and reads the SDK where it lies',
  },
  {
    path: /^docs\/operations\/going-live\.md$/,
    language: /^sql$/,
    text: /^alter role /,
    why: 'changes a role of the whole PostgreSQL, which the tests share; what is set is what src/store/database.ts sends',
  },
  {
    path: /^docs\/operations\/going-live\.md$/,
    language: /^sh$/,
    text: /^umask 077 && openssl rand /,
    why: 'needs openssl; that such a file is read, and a wrong one refused, is tested in test/vault/master-key.test.ts',
  },
  {
    path: /^docs\/operations\/metrics\.md$/,
    language: /^sh$/,
    text: /^curl -s http:\/\/localhost:4600\/metrics$/m,
    why: 'answers text and not JSON: the tests of the metrics read it',
  },
  {
    path: /^docs\/operations\/scaling\.md$/,
    language: /^sh$/,
    text: /^npm run bench$/m,
    why: 'takes minutes, and a machine of its own',
  },
  {
    path: FOLLOWED,
    language: /^sh$/,
    text: /^(tender|npm run (--silent )?tender --) (listen|serve|worker|dev)\b/m,
    why: 'runs until it is ended: the command has tests of its own',
  },
];

/** The reason of the first row that fits, or undefined: then the block has to be run or type-checked. */
export function reasonNotToRun({ path, language, text }: Block): string | undefined {
  return NOT_RUN.find((row) => row.path.test(path) && row.language.test(language) && row.text.test(text))?.why;
}

/** All pages of the project that are documentation. */
export function allPages(): SourceFile[] {
  return [
    ...filesUnder('.', ['.md']).filter(({ path }) => !path.includes('/')),
    ...filesUnder('docs', ['.md']),
    ...filesUnder('sdk', ['.md']),
    ...filesUnder('src', ['.md']),
  ];
}

/** Every block of a page. */
export function blocksOf({ path, text }: Pick<SourceFile, 'path' | 'text'>): Block[] {
  return [...blocksAndLines(path, text)].filter((part) => 'language' in part);
}

/** The page in order: its blocks, and the lines of words between them. */
export function* blocksAndLines(path: string, text: string): Generator<Block | { words: string; line: number }> {
  for (const part of text.matchAll(/^```([a-z]*)\n([\s\S]*?)^```$|^(?!```).*$/gm)) {
    const [whole, language, block] = part;
    const line = text.slice(0, part.index).split('\n').length;
    if (language === undefined || block === undefined) yield { words: whole, line };
    else yield { path, line, language, text: block };
  }
}
