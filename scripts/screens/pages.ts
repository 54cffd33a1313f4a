/** Serves made-up pages on a free port of this machine with the real headers and files; nothing they ask for changes them. */
import Fastify, { type FastifyReply } from 'fastify';
import { sendAsset, sendPage } from '../../src/web/checkout/answers.ts';
import { findAsset } from '../../src/web/checkout/assets.ts';
import { isPreviewName } from '../../src/web/checkout/preview/fixtures.ts';
import { previewPage, withoutReload } from '../../src/web/checkout/preview/render.ts';
import { isLocale, type PagePhrases, phrasesOf } from '../../src/web/i18n/locales.ts';

export interface Pages {
  origin: string;
  close(): Promise<void>;
}

/** Pages are at `/checkout/{name}.{locale}`. */
export async function servePages(): Promise<Pages> {
  const server = Fastify({ forceCloseConnections: true });
  server.addContentTypeParser('*', (_request, _body, done) => done(null));
  let origin = '';
  server.get('/checkout/assets/:file', (request, reply) => {
    const asset = findAsset(request.url);
    return asset ? sendAsset(reply, asset) : reply.code(404).send();
  });
  server.get('/checkout/:page', (request, reply) => {
    const { page = '' } = request.params as { page?: string };
    const [name = '', locale = ''] = page.split('.');
    if (!isPreviewName(name)) return reply.code(404).send();
    const t = speaking(locale);
    const path = `/checkout/${page}`;
    const shown = withoutReload(previewPage(name, { t, path, address: origin + path }));
    return sendPage(reply, shown, { https: false, locale: t.meta.tag });
  });
  // Nothing ever changes, and whoever leaves stays where they are.
  server.all('/checkout/:page/*', (request, reply) => {
    if (request.url.includes('/status')) return reply.hijack();
    return request.headers['sec-fetch-dest'] === 'iframe' ? bankPage(reply) : reply.code(204).send();
  });
  origin = await server.listen({ port: 0, host: '127.0.0.1' });
  return { origin, close: () => server.close() };
}

function bankPage(reply: FastifyReply): FastifyReply {
  return reply
    .type('text/html')
    .send('<!doctype html><title>Bank</title><p style="font:16px sans-serif">The bank’s page.');
}

/** The sentences of a locale; where there is no such catalogue yet, English, written in the direction of that language. */
function speaking(locale: string): PagePhrases {
  if (isLocale(locale)) return phrasesOf(locale);
  const english = phrasesOf('en');
  return { ...english, meta: { ...english.meta, dir: 'rtl' } };
}
