/** Types of chromium.mjs, which stays plain JavaScript for old Nodes. */
export function findChromium(): string | undefined;
export function chromiumAdvice(): string;
