/** The look of a page whose merchant set nothing: what is made from nothing. */
import type { BrandView } from './branding.ts';
import { deriveColours } from './branding-colours.ts';

export const DEFAULT_BRAND: BrandView = { version: 0, set: {}, derived: deriveColours({}).derived, files: [] };
