/** The page that stands under `/docs` while nothing has been built: one sentence and one command. */
import { html, trusted } from '../html.ts';

export const NOT_BUILT_STYLE =
  ':root{color-scheme:light dark}body{max-width:34rem;margin:12vh auto;padding:0 20px;font:1rem/1.6 system-ui,sans-serif}pre{padding:14px 16px;border:1px solid #868e9c;border-radius:12px;overflow-x:auto}';

export const NOT_BUILT = html`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>The documentation is not built yet</title>
<style>${trusted(NOT_BUILT_STYLE)}</style>
<main><h1>The documentation is not built yet</h1>
<p>Build it in the project’s folder, and load this page again; the server need not be restarted.</p>
<pre tabindex="0"><code>npm run docs</code></pre>
<p>What the pages are made from can be read as it is, in the folder <code>docs</code>.</p></main></html>
`.text;
