/** What the OpenAPI document says about the API as a whole; the operations come from the routes. */
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import { withBounds } from './openapi-bounds.ts';
import { withComponents } from './openapi-components.ts';
import { withExamples } from './openapi-examples.ts';

export const API_VERSION = '0.1.0';

export function openapiInfo(publicUrl: string): FastifyDynamicSwaggerOptions {
  return {
    // Pages, documents and health are no part of the API.
    transform: ({ schema, url }) => ({ url, schema: url.startsWith('/collect/') ? schema : { ...schema, hide: true } }),
    transformObject: (document) => {
      const whole = 'openapiObject' in document ? { ...document.openapiObject } : { ...document.swaggerObject };
      return withComponents({ ...whole, paths: withExamples(withBounds(whole.paths)) });
    },
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Tender',
        version: API_VERSION,
        description:
          'Payment sessions: one-time payments, first payments that set up a mandate, and later charges without the customer. Amounts are integers of minor units (ISO 4217).',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [
        { url: publicUrl, description: 'This installation, for its live and its test mode.', 'x-internal': false } as {
          url: string;
        },
      ],
      tags: [
        { name: 'Payment sessions', description: 'One thing to be paid, at most once.' },
        { name: 'Payments', description: 'What became of the money.' },
        { name: 'Refunds', description: 'Money on its way back.' },
        { name: 'Customers', description: 'Customers and their saved payment methods.' },
        { name: 'Mandates', description: 'What may be charged without the payer.' },
        { name: 'Subscriptions', description: 'What is charged by itself, and when.' },
        { name: 'Events', description: 'Every change, in order.' },
        { name: 'Settings', description: 'What an account decides for itself.' },
        { name: 'Checkout page', description: 'How the pages look that payers see, and how they behave.' },
        { name: 'Test mode', description: 'What only test mode has.' },
        { name: 'Request log', description: 'What was asked of the API, and how it was answered.' },
        { name: 'Webhooks', description: 'Where events are sent, and how each delivery went.' },
      ],
      components: {
        securitySchemes: {
          apiKey: {
            type: 'http',
            scheme: 'bearer',
            description: 'A secret key (`sk_…`), or for a few routes a public key (`pk_…`).',
          },
        },
      },
    },
  };
}
