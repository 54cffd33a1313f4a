/** Makes `docs/errors.md`: every error code with its status, its title and what to do about it. */
import { ERROR_ADVICE } from '../../src/domain/error-advice.ts';
import { ERRORS, type ErrorCode } from '../../src/domain/errors.ts';

/** Text of the page. Each code has a heading of its own, so that a link can lead to it. */
export function errorsPage(): string {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  const rows = codes.map((code) => `| ${ERRORS[code].status} | [\`${code}\`](#${code}) | ${ERRORS[code].title} |`);
  const sections = codes.map(
    (code) => `## ${code}\n\n**${ERRORS[code].status}** · ${ERRORS[code].title}.\n\n${ERROR_ADVICE[code]}\n`,
  );
  return `<!-- Made by \`npm run generate\` from src/domain/errors.ts; do not edit. -->
# Errors

Every error is a problem document after RFC 9457 (\`application/problem+json\`). Decide by \`code\`: codes are never renamed.
\`type\` is the address of the page of this error on your own server.
\`errors\` lists every problem with the request at once, each with a JSON Pointer to the field; \`request_id\` finds the request in the logs.

\`\`\`json
{
  "type": "http://localhost:4600/docs/errors/invalid_request",
  "title": "${ERRORS.invalid_request.title}",
  "status": 400,
  "detail": "/amount: Must be of type integer.",
  "instance": "urn:tender:request:req_…",
  "code": "invalid_request",
  "request_id": "req_…",
  "errors": [{ "pointer": "/amount", "code": "invalid_type", "detail": "Must be of type integer." }]
}
\`\`\`

| Status | Code | Title |
|---|---|---|
${rows.join('\n')}

${sections.join('\n')}`;
}
