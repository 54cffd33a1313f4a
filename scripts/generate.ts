/**
 * Writes every file that is made from code: the documentation of states, errors, events and settings, the OpenAPI document,
 * the schema, the currency table. `npm run generate` writes them; the catalogue tests hold them equal to the code.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPage } from './generated/check-page.ts';
import { commandsPage } from './generated/commands-page.ts';
import { configurationPage } from './generated/configuration-page.ts';
import { currencyTable } from './generated/currency-table.ts';
import { DECLINE_PAGES } from './generated/decline-pages.ts';
import { errorsPage } from './generated/errors-page.ts';
import { eventsPage } from './generated/events-page.ts';
import { languagesPage } from './generated/languages-page.ts';
import { networkRulesPage } from './generated/network-rules-page.ts';
import { openapiDocument } from './generated/openapi-document.ts';
import { applicationSchema, vaultSchema } from './generated/schema-text.ts';
import { sdkResources } from './generated/sdk-resources.ts';
import { sdkTypes } from './generated/sdk-types.ts';
import { statesPage } from './generated/states-page.ts';

/** One generated file; `make` answers its whole text. */
export interface GeneratedFile {
  path: string;
  make(): string | Promise<string>;
}

export const GENERATED_FILES: readonly GeneratedFile[] = [
  { path: 'src/domain/currency-table.ts', make: currencyTable },
  { path: 'docs/states.md', make: statesPage },
  { path: 'docs/errors.md', make: errorsPage },
  { path: 'docs/events.md', make: eventsPage },
  { path: 'docs/configuration.md', make: configurationPage },
  { path: 'docs/commands.md', make: commandsPage },
  { path: 'docs/operations/check.md', make: checkPage },
  { path: 'docs/network-rules.md', make: networkRulesPage },
  { path: 'docs/guides/languages.md', make: languagesPage },
  ...DECLINE_PAGES,
  { path: 'docs/openapi.json', make: openapiDocument },
  { path: 'sdk/src/generated/types.ts', make: sdkTypes },
  { path: 'sdk/src/generated/resources.ts', make: sdkResources },
  { path: 'src/store/schema.sql', make: applicationSchema },
  { path: 'src/vault/schema.sql', make: vaultSchema },
];

/** The file's text as it is in the checkout; empty when it is missing. */
export function textOnDisk(file: GeneratedFile): string {
  try {
    return readFileSync(placeOf(file), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function placeOf(file: GeneratedFile): string {
  return fileURLToPath(new URL(`../${file.path}`, import.meta.url));
}

async function writeAll(): Promise<void> {
  for (const file of GENERATED_FILES) {
    const text = await file.make();
    const same = text === textOnDisk(file);
    if (!same) {
      mkdirSync(dirname(placeOf(file)), { recursive: true });
      writeFileSync(placeOf(file), text);
    }
    console.log(`${same ? 'same   ' : 'written'}  ${file.path}`);
  }
}

if (import.meta.main) await writeAll();
