/** Types of node-version.mjs, which stays plain JavaScript for old Nodes. */
export const oldestNode: number;
export function isNewEnough(version: string): boolean;
export function installedNode(): string | undefined;
export function tooOldMessage(): string;
