/**
 * AES-256-GCM and HKDF, as the vault uses them: pure functions over bytes. Every seal is bound to the row it stands in by its
 * associated data, so a sealed value copied to another tenant, card or key version does not open (NIST SP 800-38D).
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

/** 96 bits: the length for which GCM needs no extra hashing (NIST SP 800-38D, section 5.2.1.1). */
export const NONCE_BYTES = 12;
export const KEY_BYTES = 32;
const TAG_BYTES = 16;

/** A sealed value did not open: it was changed, moved to another row, or sealed with another key. Carries no data of it. */
export class SealBroken extends Error {
  override name = 'SealBroken';
}

/** The ciphertext followed by its tag of 16 bytes. */
export function seal(
  key: Buffer,
  plain: Buffer,
  place: { nonce: Buffer; boundTo: readonly (string | number)[] },
): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, place.nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associated(place.boundTo));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The plain bytes. Throws {@link SealBroken} unless key, nonce, bytes and `boundTo` are those of {@link seal}. */
export function unseal(
  key: Buffer,
  sealed: Buffer,
  place: { nonce: Buffer; boundTo: readonly (string | number)[] },
): Buffer {
  if (sealed.length < TAG_BYTES || place.nonce.length !== NONCE_BYTES)
    throw new SealBroken('a sealed value is too short');
  const decipher = createDecipheriv('aes-256-gcm', key, place.nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated(place.boundTo));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch {
    // The library's error says no more than that the tag is wrong.
    throw new SealBroken('a sealed value does not belong here, or was changed');
  }
}

/** A key of 32 bytes for one purpose; keys of two purposes say nothing about each other (RFC 5869). */
export function subkey(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `tender/${purpose}`, KEY_BYTES));
}

/** JSON keeps the borders between the parts: no two lists have the same bytes. */
function associated(parts: readonly (string | number)[]): Buffer {
  return Buffer.from(JSON.stringify(parts));
}
