/** The two scripts of embedding, put together from the functions themselves like the page's own: `/checkout.js` and the frame's. */
import { mayFrame } from '../../../domain/embedding.ts';
import { pageScript, smaller } from '../script/parts.ts';
import { closeSession, followChanges, isUnderWay, looks, startFrame, tellState } from './frame-page.ts';
import { build, checkout, hear, hide, leave, say, urlIn } from './loader.ts';

const FRAME_PARTS = [mayFrame, startFrame, followChanges, looks, isUnderWay, tellState, closeSession] as const;
const LOADER_PARTS = [checkout, urlIn, build, say, leave, hide, hear] as const;

/** The page's script with the frame's part in it. */
export function framePageScript(): string {
  return pageScript(FRAME_PARTS, 'start();startFrame();');
}

/** What a shop loads: one name in its page, `Tender`. */
export function loaderScript(): string {
  const parts = LOADER_PARTS.map((part) => smaller(String(part))).join('\n');
  return `(()=>{${parts}\nwindow.Tender={checkout}})();\n`;
}
