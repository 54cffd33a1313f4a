/**
 * Puts into the OpenAPI document what the server really answered once: data/api-examples.json, which a test makes anew and compares.
 * It is read when the document is asked for, which hardly anybody does in production.
 */
import { readFileSync } from 'node:fs';

type Node = Readonly<Record<string, unknown>>;

interface Example {
  request?: unknown;
  status: number;
  answer?: unknown;
  refusal: { status: number; answer: unknown };
}

const FILE = new URL('../../data/api-examples.json', import.meta.url);

/** The paths of the document with an example on each request, each success, and one refusal of each operation. */
export function withExamples(paths: unknown): unknown {
  const examples = JSON.parse(readFileSync(FILE, 'utf8')) as Readonly<Record<string, Example>>;
  return mapped(paths as Node, (methods) =>
    mapped(methods as Node, (operation) => {
      const { operationId } = operation as { operationId: string };
      const example = examples[operationId];
      return example === undefined ? operation : shown(operation as Node, example);
    }),
  );
}

function shown(operation: Node, { request, status, answer, refusal }: Example): Node {
  const responses = operation.responses as Node;
  return {
    ...operation,
    ...(request === undefined ? {} : { requestBody: withExample(operation.requestBody as Node, request) }),
    responses: mapped(responses, (response, code) => {
      if (code === String(status) && answer !== undefined) return withExample(response as Node, answer);
      return code === String(refusal.status) ? withExample(response as Node, refusal.answer) : response;
    }),
  };
}

/** A body or answer with the example on its first media type; one without content stays as it is. */
function withExample(described: Node, value: unknown): Node {
  const [[type, content] = []] = Object.entries((described.content ?? {}) as Node);
  if (type === undefined) return described;
  return {
    ...described,
    content: { ...(described.content as Node), [type]: { ...(content as Node), examples: { example: { value } } } },
  };
}

function mapped(node: Node, map: (value: unknown, key: string) => unknown): Node {
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, map(value, key)]));
}
