/**
 * Makes `docs/states.md`: one diagram per transition table. The tables are found, not listed: every export of `src/domain/`
 * whose name ends in `Transitions`.
 */
import { readdirSync, readFileSync } from 'node:fs';

const DOMAIN = new URL('../../src/domain/', import.meta.url);

type Transitions = Readonly<Record<string, readonly string[]>>;

export interface StateMachine {
  /** The noun, from the name of the table: `session` from `sessionTransitions`. */
  name: string;
  /** The header comment of its file. */
  about: string;
  file: string;
  transitions: Transitions;
}

/** Every transition table of the domain, by file name. */
export async function stateMachines(): Promise<StateMachine[]> {
  const found: StateMachine[] = [];
  for (const file of readdirSync(DOMAIN).sort()) {
    const text = readFileSync(new URL(file, DOMAIN), 'utf8');
    if (!/\bTransitions\b|\w+Transitions = \{/.test(text)) continue;
    const exports = (await import(new URL(file, DOMAIN).href)) as Record<string, unknown>;
    for (const [key, value] of Object.entries(exports)) {
      if (!key.endsWith('Transitions')) continue;
      found.push({
        name: key.slice(0, -'Transitions'.length),
        about: headerOf(text),
        file,
        transitions: value as Transitions,
      });
    }
  }
  return found;
}

/** Text of the page. */
export async function statesPage(): Promise<string> {
  const machines = await stateMachines();
  return `<!-- Made by \`npm run generate\` from the transition tables of src/domain/; do not edit. -->
# States

What each object can be, and what it can become. The tables are the code's own: every decision is checked against them, and
the database refuses rows that contradict them.

${machines.map(section).join('\n')}`;
}

function section(machine: StateMachine): string {
  const states = Object.keys(machine.transitions);
  const arrows = states.flatMap((from) => (machine.transitions[from] ?? []).map((to) => `  ${from} --> ${to}`));
  const ends = states.filter((state) => machine.transitions[state]?.length === 0);
  const reached = new Set(Object.values(machine.transitions).flat());
  // Where every state can be reached from another, no first one is drawn.
  const starts = states.filter((state) => !reached.has(state));
  return `## ${machine.name[0]?.toUpperCase()}${machine.name.slice(1)}

${machine.about} (\`src/domain/${machine.file}\`)

\`\`\`mermaid
stateDiagram-v2
${[...starts.map((state) => `  [*] --> ${state}`), ...arrows, ...ends.map((state) => `  ${state} --> [*]`)].join('\n')}
\`\`\`
`;
}

/** The text of a file's header comment in one line. */
function headerOf(text: string): string {
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? '';
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trim())
    .filter((line) => line !== '')
    .join(' ');
}
