/** A checkout on a free port of this machine over a scripted door: the real routes, templates, style and script. */
import Fastify, { type FastifyInstance } from 'fastify';
import type { CheckoutView, KeptForm } from '../../src/app/checkout-door.ts';
import { realSystem, type System } from '../../src/system.ts';
import { registerCheckout } from '../../src/web/checkout/routes.ts';
import { NOW } from './fixtures.ts';
import { type ScriptedDoor, scriptedDoor } from './scripted-door.ts';

export interface CheckoutServer {
  origin: string;
  server: FastifyInstance;
  door: ScriptedDoor;
  /** Puts a view behind an id of its own and returns the page's path. */
  put(name: string, view: CheckoutView, kept?: KeptForm): string;
  close(): Promise<void>;
}

/** `ckt_` id made from a name: letters and digits, padded. */
export function idFor(name: string): string {
  return `ckt_${name
    .replace(/[^0-9A-Za-z]/g, '')
    .padEnd(24, '0')
    .slice(0, 24)}`;
}

/** A browser that was here before: kept forms are shown to it. */
export const BROWSER_COOKIE = { name: 'tender_browser', value: 'AAAAAAAAAAAAAAAAAAAAAA' } as const;

export interface TestOptions {
  publicUrl?: string;
  system?: Partial<System>;
}

/** A Fastify server with the checkout, not listening: for `inject`. */
export function checkoutApp(options: TestOptions = {}): { server: FastifyInstance; door: ScriptedDoor } {
  const real = realSystem('silent');
  const clock = { now: () => NOW, timer: real.clock.timer };
  const door = scriptedDoor();
  const server = Fastify({ forceCloseConnections: true });
  registerCheckout(server, {
    door,
    system: { ...real, clock, ...options.system },
    keys: { csrf: Buffer.alloc(32, 7) },
    publicUrl: options.publicUrl ?? 'http://localhost',
    sandboxOrigin: 'http://127.0.0.1:9',
  });
  return { server, door };
}

/** The same, listening. */
export async function startCheckout(options: TestOptions = {}): Promise<CheckoutServer> {
  const { server, door } = checkoutApp(options);
  const origin = await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    origin,
    server,
    door,
    put(name, view, kept) {
      const id = idFor(name);
      door.views.set(id, { ...view, checkoutId: id });
      if (kept) door.forms.set(id, kept);
      return `/checkout/${id}`;
    },
    close: () => server.close(),
  };
}
