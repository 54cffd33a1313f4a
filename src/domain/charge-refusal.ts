/** What a merchant is answered when rules forbid a charge: which error, with every broken rule and when to try again. */
import { toIso } from '../lib/time.ts';
import { type FieldProblem, type Rejection, reject } from './errors.ts';
import type { Mandate } from './mandate.ts';
import type { Evaluation } from './mandate-rules.ts';
import type { Violation, ViolationCode } from './violation.ts';

/** Rules about the card and its bank, not about what the payer agreed to. */
const CARD_CODES: ReadonlySet<ViolationCode> = new Set([
  'charge_on_hold',
  'network_rule_never',
  'network_rule_wait',
  'network_rule_cap',
]);

/**
 * 409 `mandate_not_active`, 422 `mandate_violation`, or 422 `retry_not_allowed` when only the card's rules are broken; each with
 * every broken rule in `errors`. Undefined when the charge is allowed.
 */
export function refusalOf(mandate: Mandate, evaluation: Evaluation): Rejection | undefined {
  const { violations } = evaluation;
  if (violations.length === 0) return undefined;
  const errors = violations.map(problemOf);
  const details = violations.map(({ detail }) => detail).join(' ');
  const inactive = violations.find(({ code }) => code === 'mandate_not_active');
  if (inactive !== undefined) return reject('mandate_not_active', inactive.detail, { errors });
  if (violations.every(({ code }) => CARD_CODES.has(code))) {
    // One rule decides; a network's and the house's often say the same, and `errors` has them all.
    const rule = decisive(violations);
    const extra = { ...ruleMembers(rule), ...whenMember('retry_after', evaluation) };
    return reject('retry_not_allowed', `This card cannot be charged now: ${rule.detail}`, { errors, extra });
  }
  const extra = { mandate_id: mandate.id, ...whenMember('next_allowed_at', evaluation) };
  return reject('mandate_violation', `The mandate does not allow this charge: ${details}`, { errors, extra });
}

/** A broken rule as answers show it. */
function problemOf({ pointer, code, detail, limit, used, rule }: Violation): FieldProblem {
  return {
    pointer,
    code,
    detail,
    ...(limit === undefined ? {} : { limit }),
    ...(used === undefined ? {} : { used }),
    ...(rule === undefined ? {} : { rule }),
  };
}

function whenMember(name: string, { nextAllowedAt }: Evaluation): Record<string, string> {
  return nextAllowedAt === undefined ? {} : { [name]: toIso(nextAllowedAt) };
}

function ruleMembers({ rule, ruleEffectiveFrom, liftedBy }: Violation): Record<string, string> {
  return {
    ...(rule === undefined ? {} : { rule }),
    ...(ruleEffectiveFrom === undefined ? {} : { rule_effective_from: ruleEffectiveFrom }),
    ...(liftedBy === undefined ? {} : { lifted_by: liftedBy }),
  };
}

/** The rule that is hardest to wait for: one that never ends, one that somebody has to lift, then the one that ends last. */
function decisive(violations: readonly Violation[]): Violation {
  // Of equals the first: a network's rule stands before the house's.
  return violations.reduce((hardest, one) => (weightOf(one) > weightOf(hardest) ? one : hardest));
}

function weightOf({ mayHoldFrom }: Violation): number {
  if (mayHoldFrom === 'never') return Number.POSITIVE_INFINITY;
  return mayHoldFrom === 'unknown' ? Number.MAX_VALUE : mayHoldFrom;
}
