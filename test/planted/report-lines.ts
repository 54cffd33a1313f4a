/** A reporter for `node --test-reporter`: one line of JSON for each test that ended, for the process that started it. */
import type { TestEvent } from 'node:test/reporters';

/** One test as it ended. */
export interface Ended {
  test: string;
  passed: boolean;
  /** Why it failed: the message of what was thrown. */
  why?: string;
}

async function* reportLines(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) {
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { name: test, skip } = event.data;
    if (skip !== undefined) continue;
    const ended: Ended =
      event.type === 'test:pass'
        ? { test, passed: true }
        : { test, passed: false, why: reasonOf(event.data.details.error) };
    yield `${JSON.stringify(ended)}\n`;
  }
}

/** The runner wraps what a test threw; the reason is inside. */
function reasonOf(error: Error): string {
  const { cause } = error;
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause ?? error.message);
}

/** The name under which the test runner looks for a reporter. */
export { reportLines as default };
