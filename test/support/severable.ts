/** A way to a database that a test can cut and mend: a small relay on the loopback, between Tender and PostgreSQL. */
import { once } from 'node:events';
import net, { type AddressInfo, type NetConnectOpts, type Server, type Socket } from 'node:net';

export interface Severable {
  /** The database's address through the relay. */
  url: string;
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** Puts a relay before the database at `url` (TCP, or a unix socket in the form `postgres://user@/name?host=/folder`). */
export async function severable(url: string): Promise<Severable> {
  const sockets = new Set<Socket>();
  const target = targetOf(url);
  const relay = (): Server =>
    net.createServer((inside) => {
      const outside = net.connect(target);
      for (const [socket, other] of [
        [inside, outside],
        [outside, inside],
      ] as const) {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.once('close', () => {
          sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
  let server = relay();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const cut = async (): Promise<void> => {
    const closed = server.listening ? once(server, 'close') : undefined;
    if (server.listening) server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    url: throughPort(url, port),
    cut,
    async mend() {
      server = relay();
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    close: cut,
  };
}

function targetOf(url: string): NetConnectOpts {
  const { hostname, port, searchParams } = new URL(url);
  const folder = searchParams.get('host');
  const number = searchParams.get('port') ?? (port === '' ? '5432' : port);
  if (folder?.startsWith('/')) return { path: `${folder}/.s.PGSQL.${number}` };
  return { host: folder ?? hostname, port: Number(number) };
}

function throughPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.searchParams.delete('host');
  changed.searchParams.delete('port');
  changed.hostname = '127.0.0.1';
  changed.port = String(port);
  return changed.toString();
}
