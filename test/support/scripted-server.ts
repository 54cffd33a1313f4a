/**
 * A server that does to each request exactly what the test says, on a real socket: answer, break off, drip or stay silent.
 * It counts connections and requests, so that a test can say how often something arrived.
 */
import { once } from 'node:events';
import net, { type AddressInfo, type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import { selfSigned } from './self-signed.ts';

/** Called when the head and body of a request have arrived; `nth` counts requests from 1. */
export type Script = (socket: Socket, request: { head: string; body: string; nth: number }) => void;

export interface ScriptedServer {
  url: string;
  port: number;
  /** Connections accepted and requests read so far. */
  seen: { connections: number; requests: number; heads: string[]; bodies: string[] };
  /** Every connection so far, the server's side. */
  sockets: Socket[];
  script: (script: Script) => void;
  close: () => Promise<void>;
}

export interface ServerOptions {
  /** `tls`: HTTPS with a certificate of its own. `mute`: accepts and reads nothing. `reset`: resets what it accepts. */
  mode?: 'plain' | 'tls' | 'mute' | 'reset';
  certificate?: { cert: string; key: string };
}

/** Starts a server on a free port of 127.0.0.1. Until told otherwise it answers every request with `{}`. */
export async function startScriptedServer({
  mode = 'plain',
  certificate,
}: ServerOptions = {}): Promise<ScriptedServer> {
  const seen: ScriptedServer['seen'] = { connections: 0, requests: 0, heads: [], bodies: [] };
  const sockets: Socket[] = [];
  let script: Script = (socket) => socket.write(jsonAnswer('{}'));
  const accept = (socket: Socket): void => {
    seen.connections++;
    sockets.push(socket);
    socket.on('error', () => {
      // The other side may go away at any time: that is what these tests are about.
    });
    if (mode === 'reset') socket.resetAndDestroy();
    if (mode !== 'plain' && mode !== 'tls') return;
    readRequests(socket, (head, body) => {
      seen.requests++;
      seen.heads.push(head);
      seen.bodies.push(body);
      script(socket, { head, body, nth: seen.requests });
    });
  };
  const server: Server =
    mode === 'tls' ? tls.createServer({ ...(certificate ?? selfSigned()) }, accept) : net.createServer(accept);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${mode === 'tls' ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    seen,
    sockets,
    script(next) {
      script = next;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** A whole answer with a JSON content type. */
export function jsonAnswer(body: string, status = 200): string {
  return `HTTP/1.1 ${status} Scripted\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

function readRequests(socket: Socket, onRequest: (head: string, body: string) => void): void {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
      const head = text.slice(0, end);
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
      if (text.length < end + 4 + length) return;
      const body = text.slice(end + 4, end + 4 + length);
      text = text.slice(end + 4 + length);
      onRequest(head, Buffer.from(body, 'latin1').toString('utf8'));
    }
  });
}

/** A port of 127.0.0.1 at which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = await startScriptedServer();
  await server.close();
  return server.port;
}
