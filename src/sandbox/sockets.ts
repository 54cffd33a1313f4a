/**
 * A listening server and its sockets: counted, reset and taken away here, because faults of the connect stage act before any
 * request exists.
 */
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Timer } from './answer-faults.ts';

/** Longer than the bank thinks by itself. */
const CLOSE_PATIENCE_MS = 500;
/** Names come from callers: their number must not grow without bound. */
const MOST_ROUTE_NAMES = 100;

/** Nobody may be answered once the disk has failed or a bug has shown itself: the process ends as if killed. */
export function dieOf(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

/** A listening server, its open connections, and what connect faults do to both. */
export class SocketDesk {
  readonly calls = new Map<string, number>();
  accepted = 0;
  private readonly open = new Set<Socket>();
  private readonly timer: Timer;
  private readonly say: (words: string) => void;
  private server: Server | undefined;
  private address = { host: '127.0.0.1', port: 0 };
  /** Which fault, if any, meets the connection that has just been accepted. */
  onAccept: (nth: number) => string | undefined = () => undefined;
  private callOff: () => void = () => {};

  constructor(timer: Timer, say: (words: string) => void) {
    this.timer = timer;
    this.say = say;
  }

  get openCount(): number {
    return this.open.size;
  }

  async listen(server: Server, address: { host: string; port: number }): Promise<void> {
    this.server = server;
    server.keepAliveTimeout = 65_000;
    server.on('connection', (socket: Socket) => this.accept(socket));
    await this.bind(address);
    const bound = server.address() as AddressInfo;
    this.address = { host: address.host, port: bound.port };
  }

  count(name: string): void {
    const counted = this.calls.has(name) || this.calls.size < MOST_ROUTE_NAMES ? name : 'others';
    this.calls.set(counted, (this.calls.get(counted) ?? 0) + 1);
  }

  /** Stops accepting, lets requests being answered end, and cuts off what does not end: held and silent connections. */
  close(): Promise<void> {
    this.callOff();
    const cut = (): void => {
      for (const socket of this.open) socket.destroy();
    };
    return new Promise((resolve) => {
      if (!this.server?.listening) {
        cut();
        resolve();
        return;
      }
      const patience = setTimeout(cut, CLOSE_PATIENCE_MS);
      this.server.close(() => {
        clearTimeout(patience);
        resolve();
      });
      this.server.closeIdleConnections();
    });
  }

  private bind(address: { host: string; port: number }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server?.once('error', reject);
      this.server?.listen(address.port, address.host, () => {
        this.server?.removeListener('error', reject);
        resolve();
      });
    });
  }

  private accept(socket: Socket): void {
    this.accepted++;
    this.open.add(socket);
    socket.once('close', () => this.open.delete(socket));
    socket.on('error', () => socket.destroy());
    const reset = this.onAccept(this.accepted);
    if (reset === 'reset_accept') socket.resetAndDestroy();
    // In the handshake: after the greeting has come, before it is answered.
    else if (reset === 'reset_tls') setImmediate(() => socket.resetAndDestroy());
  }

  /** Closes the listening socket and idle connections, and listens again on the same port after `seconds`. */
  goDown(seconds: number): void {
    this.say(`down for ${seconds} s, as asked for`);
    this.server?.close();
    this.server?.closeIdleConnections();
    this.callOff();
    const cancel = this.timer(seconds * 1000, () => {
      this.callOff = () => {};
      this.bind(this.address).catch(dieOf);
    });
    this.callOff = cancel;
  }
}
