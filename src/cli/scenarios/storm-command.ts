/** `tender trigger storm`: asks for it, shows how far it is, and ends with the books and the server's own invariants. */
import { checkEverything, isSound } from '../../app/checker.ts';
import type { Given } from '../given.ts';
import { withApp } from '../local.ts';
import { Usage } from '../usage.ts';
import type { Stage } from './play.ts';
import { storm } from './storm.ts';

const PAYERS = 24;
const MOST = 100_000;

export async function runStorm(given: Given, stage: Stage): Promise<number> {
  const payments = Number(given.text('payments') ?? 500);
  if (!Number.isInteger(payments) || payments < 1 || payments > MOST)
    throw new Usage(`--payments is a number from 1 to ${MOST}.`);
  const [profile, seed] = [
    given.text('profile') ?? 'soak',
    given.text('seed') ?? String(Math.floor(stage.random() * 1e9)),
  ];
  stage.say(`storm: ${payments} payments, profile ${profile}, seed ${seed}.`);
  let saidAt = stage.nowMs();
  const onProgress = (done: number): void => {
    if (stage.nowMs() - saidAt < 2_000) return;
    saidAt = stage.nowMs();
    stage.say(`${done} of ${payments}`);
  };
  const told = await storm(stage, { payments, profile, seed, payers: PAYERS, onProgress });
  const sound = await invariantsHold(stage);
  const { problems, ...figures } = told;
  process.stdout.write(
    given.flag('json')
      ? `${JSON.stringify({ ...told, seed, invariants_hold: sound })}\n`
      : `asked ${figures.asked} · charged ${figures.charged} · declined ${figures.declined} · lost ${figures.lost} · found ${figures.found}\n`,
  );
  for (const problem of problems) stage.say(problem);
  const ok = told.ok && sound !== false;
  stage.say(ok ? 'Both books agree.' : 'Not as it should be.');
  return ok ? 0 : 1;
}

/** What `tender check` says; undefined, and said aloud, where the database is out of reach from here. */
async function invariantsHold(stage: Stage): Promise<boolean | undefined> {
  try {
    return await withApp(async (app) => isSound(await checkEverything(app, {})), { opensVault: false });
  } catch (error) {
    if (!(error as Error).message.startsWith('No database')) throw error;
    stage.say('The invariants were not checked: the database is not to be found from here.');
    return undefined;
  }
}
