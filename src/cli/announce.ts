/** What `tender dev` prints when it is ready: for people, or one line for programs. */

export interface Ready {
  api_url: string;
  checkout_url: string;
  dashboard_url: string;
  sandbox_url: string;
  secret_key: string;
  public_key: string;
  account_id: string;
  pid: number;
}

export function announce(ready: Ready, how: { json: boolean; adopted: boolean }): void {
  if (how.json) {
    process.stdout.write(`${JSON.stringify(ready)}\n`);
    return;
  }
  const bold = (text: string): string =>
    process.stdout.isTTY && process.env.NO_COLOR === undefined ? `\x1b[1m${text}\x1b[0m` : text;
  process.stdout.write(`
${bold('Tender is ready.')}${how.adopted ? ' The database of the last run was still there and was taken up.' : ''}

  API          ${ready.api_url}
  Dashboard    ${ready.dashboard_url} (not built yet)
  Secret key   ${ready.secret_key}
  Public key   ${ready.public_key}

Create a payment session, then open its session_url and pay with 4242 4242 4242 4242:

${curlLine(ready)}

Documentation: ${ready.api_url}/docs · a payment without a browser: npm run tender -- trigger paid
Ctrl-C stops everything. Your data stay.
`);
}

/** Works when pasted: one line, nothing to fill in. */
export function curlLine(ready: Ready): string {
  const body = '{"amount":20000,"currency":"ZAR","description":"Two tickets"}';
  return `curl -s ${ready.api_url}/collect/payment_sessions -H "Authorization: Bearer ${ready.secret_key}" -H "Idempotency-Key: $(date +%s%N)" -H "Content-Type: application/json" -d '${body}'`;
}
