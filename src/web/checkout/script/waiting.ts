/** Waiting: the long poll, the bank's page in a frame, other tabs, the clock. */
import { pause, type ScriptPage, showTruth } from './page-state.ts';

/** Asks until the version moves on, then shows the truth; one request at a time, none while nobody looks. */
export async function poll(page: ScriptPage): Promise<void> {
  const { version, state } = page.main.dataset;
  for (let failures = 0; ; ) {
    if (document.hidden) await seen();
    try {
      const response = await fetch(`${page.path}/status?version=${version}`, {
        headers: { accept: 'application/json' },
      });
      const facts = await response.json();
      if (`${facts.version}` !== version || facts.state !== state) return showTruth(page);
      failures = 0;
      await pause(facts.poll_after_ms);
    } catch {
      // Cut or refused: 1, 2, 4 … 30 s.
      await pause(Math.min(30, 2 ** failures++) * 1000);
    }
  }
}

/** Resolves when somebody looks at the page again. */
export function seen(): Promise<void> {
  return new Promise((resolve) => document.addEventListener('visibilitychange', () => resolve(), { once: true }));
}

/** Another tab may have paid: looks at the true state when a form page is seen again or told so. */
export async function recheck(page: ScriptPage): Promise<void> {
  if (page.busy || document.hidden) return;
  const response = await fetch(`${page.path}/status`, { headers: { accept: 'application/json' } }).catch(
    () => undefined,
  );
  const facts = response?.ok ? await response.json() : undefined;
  if (facts && !page.busy && facts.state !== page.main.dataset.state) showTruth(page);
}

/**
 * 3-D Secure: the bank's silent look first, then its page in a frame where there is room, else the full page.
 * A frame that is blocked or stays empty for 10 s becomes the full page too. After Back or reload nothing starts by
 * itself, so nobody is caught in a loop.
 */
export async function openBank(form: HTMLFormElement): Promise<void> {
  const { methodUrl } = form.dataset;
  // Out of a shop's frame the whole window is the payer's to give: nothing goes there by itself.
  const framed = form.target === '_top';
  const holder = document.querySelector('[data-part=frame]') as HTMLElement;
  if (methodUrl) {
    const silent = holder.appendChild(document.createElement('iframe'));
    silent.hidden = true;
    silent.title = form.dataset.frameTitle ?? '';
    silent.src = methodUrl;
    await Promise.race([new Promise((resolve) => silent.addEventListener('load', resolve)), pause(10_000)]);
    silent.remove();
  }
  if (innerWidth < 500) {
    const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    if (entry?.type === 'navigate' && !framed) form.submit();
    return;
  }
  const frame = document.createElement('iframe');
  frame.name = 'bank';
  frame.title = form.dataset.frameTitle ?? '';
  frame.allow = 'payment; publickey-credentials-get';
  frame.setAttribute('sandbox', 'allow-forms allow-scripts allow-same-origin allow-popups allow-modals');
  holder.hidden = false;
  const inFull = document.querySelector('[data-part=full_page]') as HTMLElement;
  inFull.hidden = true;
  holder.append(frame);
  const ownTarget = form.target || '_self';
  const fullPage = () => {
    form.target = ownTarget;
    holder.hidden = framed;
    inFull.hidden = !framed;
    if (!framed) form.submit();
  };
  const tooLong = setTimeout(fullPage, 10_000);
  document.addEventListener('securitypolicyviolation', fullPage, { once: true });
  frame.addEventListener('load', () => clearTimeout(tooLong));
  form.target = 'bank';
  form.submit();
  form.target = ownTarget;
}

/** Shows what has its time: more-time part, expiring banner, later sentences; and the end of a page with a form. */
export function watchClock(page: ScriptPage): void {
  const tick = () => {
    const now = Date.now() + page.skewMs;
    for (const element of document.querySelectorAll<HTMLElement>('[data-after]')) {
      if (now < Number(element.dataset.after)) continue;
      element.hidden = false;
      delete element.dataset.after;
    }
    const open = page.form || page.main.dataset.state === 'too_many_tries';
    if (open && !page.busy && now >= Number(page.main.dataset.expires)) showTruth(page);
    else setTimeout(tick, 1000);
  };
  tick();
}
