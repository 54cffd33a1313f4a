/** Requests that HTTP itself cannot read: too long in coming, headers too large, no HTTP at all. They never reach a route. */
import type { Socket } from 'node:net';
import { reject } from '../domain/errors.ts';
import { PROBLEM_TYPE, renderProblem } from '../wire/problem.ts';

/** Answers with a problem document like every other error, and closes the connection: what follows on it means nothing. */
export function answerUnreadable(
  error: Error & { code?: string },
  socket: Socket,
  facts: { requestId: string; docsUrl: string },
): void {
  // The client went away, or an answer to an earlier request is on the wire; Node's own handler asks the same.
  const { _httpMessage: answering } = socket as { _httpMessage?: { headersSent: boolean } | null };
  if (error.code === 'ECONNRESET' || !socket.writable || answering?.headersSent) {
    socket.destroy();
    return;
  }
  const problem = renderProblem(rejectionFor(error.code), facts);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `Request-Id: ${facts.requestId}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function rejectionFor(code: string | undefined) {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return reject('headers_too_large', 'All headers together may have at most 8 KiB.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return reject('request_timeout', 'A request must arrive within 20 seconds, its headers within 10.');
    default:
      return reject('invalid_request', 'The request could not be read as HTTP.');
  }
}
