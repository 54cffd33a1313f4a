/** All pairs of what can happen to a payment after its success: captures, voids, refunds, the lapse, notices, the worker, people. */
import { SECOND } from '../../src/lib/time.ts';
import type { TestApp } from '../support/app.ts';
import { bankCatchesUp } from './bank.ts';
import { newestKey } from './races-sight.ts';
import { about, asks, type Charged, lapses, notice, resolves, SeriesOf, step, syncs } from './races-steps.ts';
import { onEveryGround, racePairs } from './races-table.ts';

const capturePart = asks('capture a part', 'captures', { amount: 4_000 });
const captureRest = asks('capture the rest', 'captures');
const releases = asks('void', 'voids');
const refundPart = asks('refund a part', 'refunds', { amount: 2_000 });
const refundRest = asks('refund the rest', 'refunds');

onEveryGround('what follows a success', () => {
  const plain = new SeriesOf();
  racePairs<Charged>({
    name: 'a payment of which a part is captured',
    base: plain.base,
    given: (app) => plain.reserved(app, 5_000),
    operations: [
      capturePart,
      captureRest,
      releases,
      refundPart,
      refundRest,
      lapses,
      notice('an untrue notice', 'capture.failed'),
    ],
    ...about,
  });

  /** A capture that was answered with a lie: nobody knows its end, and people are asked. */
  async function inDoubt(app: TestApp, series: SeriesOf): Promise<Charged> {
    const given = await series.reserved(app, 5_000);
    await app.control.arm({ kind: 'wrong_amount', match: { operation: 'capture', reference: given.payment } });
    await step(app, given, 'captures', { amount: 3_000 });
    app.clock.advance(3 * SECOND);
    return { ...given, mayHaveMovedMinor: 8_000, key: await newestKey(app, given.session, 'capture') };
  }

  const doubtful = new SeriesOf();
  racePairs<Charged>({
    name: 'a payment with a capture in doubt',
    base: doubtful.base,
    given: (app) => inDoubt(app, doubtful),
    operations: [
      notice('its notice', 'capture.succeeded'),
      syncs,
      resolves('succeeded'),
      resolves('failed'),
      capturePart,
      lapses,
    ],
    ...about,
  });

  const silent = new SeriesOf();
  racePairs<Charged>({
    name: 'a payment with a capture in doubt of which the processor says nothing',
    async base(app) {
      await silent.base(app);
      await app.control.arm({ kind: 'lookup_error', times: 1_000_000 });
    },
    given: (app) => inDoubt(app, silent),
    operations: [syncs, resolves('succeeded'), capturePart, lapses],
    ...about,
    closedBy: resolves('succeeded'),
  });

  /** Paid, and 12000 refunded, of which the bank thinks otherwise later; by now it has. */
  async function refunded(app: TestApp, series: SeriesOf): Promise<Charged> {
    const given = await series.paid(app);
    await step(app, given, 'refunds', { amount: 12_000 });
    return { ...(await tenSecondsLater(app, given)), key: await newestKey(app, given.session, 'refund') };
  }

  async function tenSecondsLater(app: TestApp, given: Charged): Promise<Charged> {
    app.clock.advance(11 * SECOND);
    await bankCatchesUp(app);
    return given;
  }

  for (const [name, card, end] of [
    ['a payment whose pending refund has succeeded at the bank', '4000009500500007', 'succeeded'],
    ['a payment whose pending refund has failed at the bank', '4000009500600005', 'failed'],
  ] as const) {
    const series = new SeriesOf(card);
    racePairs<Charged>({
      name,
      base: series.base,
      given: (app) => refunded(app, series),
      operations: [
        notice('its notice', `refund.${end}`),
        syncs,
        refundPart,
        asks('refund more than remains', 'refunds', { amount: 15_000 }),
      ],
      ...about,
    });
  }

  const failsLater = (app: TestApp, operation: string) =>
    app.control.arm({ kind: 'fail_step_later', match: { operation } });

  const takenBack = new SeriesOf();
  const refundFailed = notice('its notice', 'refund.failed');
  racePairs<Charged>({
    name: 'a payment whose refund was done and has failed since',
    base: takenBack.base,
    async given(app) {
      await failsLater(app, 'refund');
      return refunded(app, takenBack);
    },
    operations: [refundFailed, refundPart, refundRest],
    ...about,
    news: refundFailed,
  });

  const fallen = new SeriesOf();
  const captureFailed = notice('its notice', 'capture.failed');
  racePairs<Charged>({
    name: 'a payment whose capture was done and has failed since',
    base: fallen.base,
    async given(app) {
      await failsLater(app, 'capture');
      return tenSecondsLater(app, await fallen.reserved(app, 5_000));
    },
    operations: [captureFailed, capturePart, refundPart, lapses],
    ...about,
    news: captureFailed,
    // Told while a refund of it was on its way: then it cannot be taken back at once, and people are asked.
    alsoRight: /paid 5000 .* review contradiction; .*declined: refund 2000/,
  });
});
