/** What stands about a session, its payment, attempts and refunds, in a line without ids and times: races compare such lines. */
import type { TestApp } from '../support/app.ts';

interface Row {
  session: string;
  payment: string | null;
  attempts: string | null;
  declined: string | null;
  refunds: string | null;
  mandates: string | null;
}

/** The line about the session with this id. */
export async function standsOf(app: TestApp, sessionId: string): Promise<string> {
  const [row] = await app.database.query<Row>(
    `select s.status || ' ' || s.payment_outcome || ' ' || s.amount as session,
      p.status || ' authorised ' || p.authorised_amount || ' paid ' || p.paid_amount || ' voided ' || p.voided_amount || ' refunded '
        || p.refunded_amount || ' on its way ' || p.refunding_amount || case when p.lapsed_at is null then '' else ' lapsed' end
        || coalesce(' review ' || (p.review ->> 'reason'), '') as payment,
      (select string_agg(a.kind || ' ' || a.amount || ' ' || a.status, ', ' order by a.kind, a.amount, a.status)
        from attempts a where a.tenant_id = s.tenant_id and a.session_id = s.id and a.status <> 'declined') as attempts,
      (select string_agg(a.kind || ' ' || a.amount, ', ' order by a.kind, a.amount)
        from attempts a where a.tenant_id = s.tenant_id and a.session_id = s.id and a.status = 'declined') as declined,
      (select string_agg(r.amount || ' ' || r.status, ', ' order by r.amount, r.status)
        from refunds r where r.tenant_id = p.tenant_id and r.payment_id = p.id) as refunds,
      (select string_agg(m.status, ', ' order by m.status)
        from mandates m where m.tenant_id = s.tenant_id and m.id = s.mandate_id) as mandates
     from payment_sessions s left join payments p on p.tenant_id = s.tenant_id and p.session_id = s.id where s.id = $1`,
    [sessionId],
  );
  if (row === undefined) return 'no session';
  const parts = Object.entries(row).filter(([, text]) => text !== null);
  return parts.map(([name, text]) => `${name}: ${text}`).join('; ');
}

/** True while an attempt of the session has no end, or the worker has something to do about it. */
export async function isUnderWay(app: TestApp, sessionId: string): Promise<boolean> {
  const rows = await app.database.query(
    `select 1 from attempts where session_id = $1 and settled_at is null
     union all select 1 from payments where session_id = $1 and lapse_due_at <= $2
     union all select 1 from payment_sessions where id = $1 and status = 'active' and expires_at <= $2`,
    [sessionId, new Date(app.clock.now()).toISOString()],
  );
  return rows.length > 0;
}

/** The request key of the session's newest attempt, of one kind if named; undefined where there is none yet. */
export async function newestKey(app: TestApp, sessionId: string, kind?: string): Promise<string | undefined> {
  const [row] = await app.database.query<{ request_key: string }>(
    `select request_key from attempts where session_id = $1 and ($2::text is null or kind = $2) order by id desc limit 1`,
    [sessionId, kind ?? null],
  );
  return row?.request_key;
}

/** Does one duty of the worker once. */
export async function doesDuty(at: TestApp, name: string): Promise<void> {
  const duty = at.program.duties.find((one) => one.name === name);
  if (duty === undefined) throw new Error(`the worker has no duty called ${name}`);
  await duty.run();
}

/** A reply as a word. */
export function told(reply: { status: number; body: { code?: string } }): string {
  if (reply.status >= 500) throw new Error(`answered ${reply.status}: ${JSON.stringify(reply.body)}`);
  return reply.body.code === undefined ? `${reply.status}` : `${reply.status} ${reply.body.code}`;
}

/** The line without the attempts that were declined: as if they had never been made. */
export function butDeclined(line: string): string {
  return line.replace(/; declined: [^;]*/, '');
}
