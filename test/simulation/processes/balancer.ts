/**
 * What stands before several servers in production: one address whose connections go to whichever server takes them. A
 * connection ends with its server, which the client sees as a broken line.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Balancer {
  url: string;
  /** How many connections each server has now, by its port. */
  open(): ReadonlyMap<number, number>;
  close(): Promise<void>;
}

/** Listens on `port` and hands each connection to one of `ports` in turn; to the next one when it refuses. */
export async function startBalancer(port: number, ports: readonly number[]): Promise<Balancer> {
  const sockets = new Set<Socket>();
  const open = new Map(ports.map((one) => [one, 0]));
  let turn = 0;
  const server: Server = createServer((client) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
    client.on('error', () => client.destroy());
    const first = turn++;
    hand(client, { ports: ports.map((_, i) => ports[(first + i) % ports.length]!), open });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${port}`,
    open: () => open,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function hand(client: Socket, to: { ports: readonly number[]; open: Map<number, number> }): void {
  const [port, ...others] = to.ports;
  if (port === undefined || client.destroyed) {
    client.destroy();
    return;
  }
  const line = connect(port, '127.0.0.1');
  let connected = false;
  line.once('connect', () => {
    connected = true;
    to.open.set(port, to.open.get(port)! + 1);
    client.pipe(line).pipe(client);
    client.once('close', () => line.destroy());
  });
  line.once('error', () => line.destroy());
  line.once('close', () => {
    if (!connected) return hand(client, { ...to, ports: others });
    to.open.set(port, to.open.get(port)! - 1);
    client.destroy();
  });
}
