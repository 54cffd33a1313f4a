/** Screens of what is done elsewhere: the way there is taken by itself once, and values can be copied. */
import { announce, type ScriptPage } from './page-state.ts';

/** Goes on to the bank right after the press, never after Back or a reload; shows the buttons that copy. */
export function goElsewhere(page: ScriptPage): void {
  const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  if (entry?.type === 'navigate') document.querySelector<HTMLElement>('[data-follow]')?.click();
  for (const button of document.querySelectorAll<HTMLElement>('[data-copy]')) {
    const { copy = '', done = '' } = button.dataset;
    button.hidden = !navigator.clipboard;
    button.addEventListener('click', () => {
      void navigator.clipboard.writeText(copy).then(() => announce(page, done));
    });
  }
}
