/** Checks of requests, compiled once for all servers of a test's process: a crash costs a new server, and its schemas are the same. */
import { AjvCompiler } from '@fastify/ajv-compiler';
import type { Validators } from '../../src/http/server.ts';

type Validate = (value: unknown) => boolean;
type Build = (shared: unknown, options: unknown) => (route: { schema: unknown }) => Validate;

const build = AjvCompiler() as unknown as Build;
const compiled = new Map<string, Validate>();

const shared: Build = (schemas, options) => {
  const compile = build(schemas, options);
  return (route) => {
    const key = JSON.stringify(route.schema);
    let validate = compiled.get(key);
    if (validate === undefined) {
      validate = compile(route);
      compiled.set(key, validate);
    }
    return validate;
  };
};

export const sharedValidators = shared as unknown as Validators;
