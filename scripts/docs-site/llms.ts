/** `llms.txt` after llmstxt.org: what this is, and every page as Markdown, by area. */
import { twinOf } from './addresses.ts';
import { AREAS } from './contents.ts';
import type { Site } from './site.ts';

/** The text of the file. Codes and objects stand last, under Optional: their lists are enough for most questions. */
export function llmsText({ pages, description }: Site): string {
  const line = ({ title, url, summary }: Site['pages'][number]) =>
    `- [${title}](${twinOf(url)})${summary === '' ? '' : `: ${summary.split(/(?<=[.:])\s/)[0]}`}`;
  const areas = AREAS.map(({ title, about }) => {
    const listed = pages.filter((page) => page.area === title && page.listed);
    return `## ${title}\n\n${about}\n\n${listed.map(line).join('\n')}\n`;
  });
  const rest = pages.filter(({ listed }) => !listed);
  return `# Tender

> Self-hosted payment sessions. ${description}

The machine-readable description of the API: [openapi.json](/docs/openapi.json).

${areas.join('\n')}
## Optional

${rest.map(line).join('\n')}
`;
}
