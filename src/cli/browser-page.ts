/** Opens a page in the browser of whoever sits here: by BROWSER, else as the system opens addresses. */
import { spawn } from 'node:child_process';

/** Never waits and never fails the command: the address was printed. */
export function openPage(url: string): void {
  const [program, ...args] = opener();
  const child = spawn(program, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', (error) =>
    process.stderr.write(`No browser was opened (${error.message}): open ${url} yourself.\n`),
  );
  child.unref();
}

function opener(): [string, ...string[]] {
  const { BROWSER } = process.env;
  if (BROWSER !== undefined && BROWSER !== '') return [BROWSER];
  if (process.platform === 'darwin') return ['open'];
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return ['xdg-open'];
}
