/** The first free port from a wanted one on, said aloud when it is another. */
import { createServer } from 'node:net';

export async function freePort(wanted: number, host: string, say: (line: string) => void): Promise<number> {
  if (wanted === 0) return listenOnce(0, host);
  for (let port = wanted; port < Math.min(wanted + 50, 65_536); port++) {
    try {
      return await listenOnce(port, host);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      say(`Port ${port} is taken; trying ${port + 1}.`);
    }
  }
  throw new Error(`No free port from ${wanted} on: set TENDER_PORT.`);
}

function listenOnce(port: number, host: string): Promise<number> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(port, host, () => {
      const address = probe.address();
      const found = typeof address === 'object' && address !== null ? address.port : port;
      probe.close(() => resolve(found));
    });
  });
}
