/** A refusal of the API for people: what, why field by field, what to do next, and the id under which the server knows the request. */
import type { ApiError } from '../../sdk/src/tender.ts';

export function problemWords(error: ApiError): string {
  const fields = error.errors.map(({ pointer, code, detail }) => `  ${pointer ?? code}: ${detail}`);
  const lines = [
    `${error.code} (${error.status}): ${error.detail}`,
    // One field is often the whole of the sentence.
    ...fields.filter((line) => !error.detail.includes(line.trim())),
    `What to do: ${nextStep(error)}`,
    ...(error.requestId === undefined ? [] : [requestWords(error.requestId, error.status)]),
  ];
  return lines.join('\n');
}

/** Without a known key nobody is there whose log could hold it. */
function requestWords(id: string, status: number): string {
  return `Request: ${id}${status === 401 ? '' : `   (tender logs get ${id})`}`;
}

/** The words of the SDK speak of programs; these are the cases where somebody at a terminal does something else. */
function nextStep({ status, code, fix }: ApiError): string {
  if (status === 401)
    return 'Check that the key is whole and was not revoked: `tender keys list`. It comes from --key, TENDER_SECRET_KEY, or the `tender dev` that runs here.';
  if (status === 404) return 'Check the id, and that the key is of the same account and mode, test or live.';
  if (code === 'mandate_violation') return '`tender mandates check` says when it would be allowed.';
  if (code === 'mandate_ambiguous') return 'Name the mandate with --mandate.';
  if (code === 'test_mode_only') return 'Use a key that begins with sk_test_.';
  return fix;
}
