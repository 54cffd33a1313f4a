/** Error answers: problem documents of RFC 9457, with our code, the request's id and every field at fault. */
import { Type } from '@sinclair/typebox';
import { ERRORS, type ErrorCode, type Rejection } from '../domain/errors.ts';
import { open, optional } from './schema.ts';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

export const ProblemSchema = open(
  'Problem',
  {
    type: Type.String({ description: 'The page of this error.' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'What happened and what to do.' }),
    instance: Type.String({ description: 'Names the request.' }),
    code: Type.String({ enum: Object.keys(ERRORS), description: 'Stable: decide by this.' }),
    request_id: Type.String(),
    errors: optional(
      Type.Array(
        Type.Object({
          pointer: Type.String(),
          code: Type.String(),
          detail: Type.String(),
          limit: optional(Type.Integer({ description: 'What a rule allows: a count, or minor units.' })),
          used: optional(Type.Integer({ description: 'What is used of that already.' })),
          rule: optional(Type.String({ description: 'The hold, block or network rule behind it.' })),
        }),
        { description: 'Every field at fault, by JSON Pointer.' },
      ),
    ),
  },
  'RFC 9457 problem document.',
);

/** The problem document of a rejection. `docsUrl` is the origin under which the error pages live. */
export function renderProblem(rejection: Rejection, facts: { requestId: string; docsUrl: string }) {
  const code: ErrorCode = rejection.rejected;
  const { status, title } = ERRORS[code];
  return {
    type: `${facts.docsUrl}/docs/errors/${code}`,
    title,
    status,
    detail: rejection.detail,
    instance: `urn:tender:request:${facts.requestId}`,
    code,
    request_id: facts.requestId,
    ...(rejection.errors === undefined ? {} : { errors: rejection.errors }),
    ...rejection.extra,
  };
}
