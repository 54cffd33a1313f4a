/**
 * Is this IP address one that a server on the public internet may have? Used to keep outbound calls to addresses that
 * strangers choose away from the machine itself, its private network and cloud metadata services.
 *
 * The tables follow the IANA IPv4 and IPv6 Special-Purpose Address Registries, the multicast registries, and a few
 * addresses clouds use for metadata inside otherwise public space. IPv6 is judged the other way round: only global
 * unicast (2000::/3) can be public, less its special blocks. Forms that carry an IPv4 address inside (mapped,
 * compatible, NAT64, 6to4, Teredo, ISATAP) are refused whole: a server worth calling has a plain address as well.
 * Only canonical spellings are taken (`net.isIP`); zone ids and anything unreadable count as not public.
 */
import { isIP } from 'node:net';
import { assert } from './assert.ts';

/** Not public in IPv4. The text is the registry's name or the reason. */
export const RESERVED_IPV4: readonly (readonly [range: string, why: string])[] = [
  ['0.0.0.0/8', 'this network, RFC 791'],
  ['10.0.0.0/8', 'private use, RFC 1918'],
  ['100.64.0.0/10', 'shared address space (carrier-grade NAT), RFC 6598; holds a cloud metadata service'],
  ['127.0.0.0/8', 'loopback, RFC 1122'],
  ['168.63.129.16/32', 'platform service address of a large cloud, reachable only from inside'],
  ['169.254.0.0/16', 'link-local, RFC 3927; holds the usual cloud metadata service'],
  ['172.16.0.0/12', 'private use, RFC 1918'],
  ['192.0.0.0/24', 'IETF protocol assignments, RFC 6890; holds a cloud metadata service'],
  ['192.0.2.0/24', 'documentation TEST-NET-1, RFC 5737'],
  ['192.31.196.0/24', 'AS112, RFC 7535'],
  ['192.52.193.0/24', 'AMT relays, RFC 7450'],
  ['192.88.99.0/24', '6to4 relay anycast, deprecated, RFC 7526'],
  ['192.168.0.0/16', 'private use, RFC 1918'],
  ['192.175.48.0/24', 'direct delegation AS112, RFC 7534'],
  ['198.18.0.0/15', 'benchmarking, RFC 2544'],
  ['198.51.100.0/24', 'documentation TEST-NET-2, RFC 5737'],
  ['203.0.113.0/24', 'documentation TEST-NET-3, RFC 5737'],
  ['224.0.0.0/4', 'multicast, RFC 5771'],
  ['233.252.0.0/24', 'documentation MCAST-TEST-NET, RFC 6676'],
  ['240.0.0.0/4', 'reserved, RFC 1112; its last address is the limited broadcast, RFC 8190'],
];

/** Not public in IPv6. Everything outside 2000::/3 is refused anyway; those rows say what is known to lie there. */
export const RESERVED_IPV6: readonly (readonly [range: string, why: string])[] = [
  ['::/128', 'unspecified, RFC 4291'],
  ['::1/128', 'loopback, RFC 4291'],
  ['::/96', 'IPv4-compatible, deprecated, RFC 4291'],
  ['::ffff:0:0/96', 'IPv4-mapped, RFC 4291'],
  ['::ffff:0:0:0/96', 'IPv4-translated, RFC 2765'],
  ['64:ff9b::/96', 'NAT64 well-known prefix, RFC 6052'],
  ['64:ff9b:1::/48', 'NAT64 local use, RFC 8215'],
  ['100::/64', 'discard only, RFC 6666'],
  ['100:0:0:1::/64', 'dummy prefix, RFC 9780'],
  ['2001::/23', 'IETF protocol assignments, RFC 2928: Teredo, benchmarking, ORCHID and others'],
  ['2001::/32', 'Teredo, RFC 4380'],
  ['2001:2::/48', 'benchmarking, RFC 5180'],
  ['2001:10::/28', 'ORCHID, deprecated, RFC 4843'],
  ['2001:20::/28', 'ORCHIDv2, RFC 7343'],
  ['2001:db8::/32', 'documentation, RFC 3849'],
  ['2002::/16', '6to4, RFC 3056'],
  ['2620:4f:8000::/48', 'direct delegation AS112, RFC 7534'],
  ['3ffe::/16', 'former 6bone, returned, RFC 3701'],
  ['3fff::/20', 'documentation, RFC 9637'],
  ['5f00::/16', 'segment routing, RFC 9602'],
  ['fc00::/7', 'unique local, RFC 4193; holds cloud metadata services'],
  ['fe80::/10', 'link-local, RFC 4291'],
  ['fec0::/10', 'site-local, deprecated, RFC 3879'],
  ['ff00::/8', 'multicast, RFC 4291'],
];

const GLOBAL_UNICAST = '2000::/3';
const LOOPBACK = ['127.0.0.0/8', '::1/128', '::ffff:127.0.0.0/104'];

/** True for a unicast address that the public internet can route to. False for anything unreadable. */
export function isPublicAddress(address: string): boolean {
  const bytes = toBytes(address);
  if (bytes === undefined) return false;
  if (bytes.length === 4) return !reservedIpv4.some((range) => contains(range, bytes));
  if (!contains(globalUnicast, bytes) || isIsatap(bytes)) return false;
  return !reservedIpv6.some((range) => contains(range, bytes));
}

/** True for the machine's own loopback addresses, 127.0.0.0/8 and ::1, the former also in IPv4-mapped form. */
export function isLoopback(address: string): boolean {
  const bytes = toBytes(address);
  return bytes !== undefined && loopback.some((range) => contains(range, bytes));
}

interface Range {
  network: Uint8Array;
  bits: number;
}

function toRange(text: string): Range {
  const [address, bits] = text.split('/');
  const network = toBytes(address ?? '');
  assert(network !== undefined && Number(bits) <= network.length * 8, `not a range: ${text}`);
  return { network, bits: Number(bits) };
}

const reservedIpv4 = RESERVED_IPV4.map(([range]) => toRange(range));
const reservedIpv6 = RESERVED_IPV6.map(([range]) => toRange(range));
const globalUnicast = toRange(GLOBAL_UNICAST);
const loopback = LOOPBACK.map(toRange);

function contains({ network, bits }: Range, address: Uint8Array): boolean {
  if (network.length !== address.length) return false;
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (network[i] !== address[i]) return false;
  const mask = (0xff00 >> (bits & 7)) & 0xff;
  return mask === 0 || (network[whole]! & mask) === (address[whole]! & mask);
}

/** An ISATAP interface identifier (RFC 5214): 0000:5efe or 0200:5efe before an IPv4 address, under any prefix. */
function isIsatap(address: Uint8Array): boolean {
  return (address[8]! & 0xfd) === 0 && address[9] === 0 && address[10] === 0x5e && address[11] === 0xfe;
}

/** 4 or 16 bytes in network order, or undefined for what is no canonical address or carries a zone. */
function toBytes(address: string): Uint8Array | undefined {
  const family = isIP(address);
  if (family === 4) return Uint8Array.from(address.split('.'), Number);
  if (family !== 6 || address.includes('%')) return undefined;
  const [head = '', tail] = address.split('::');
  const front = groupBytes(head);
  if (tail === undefined) return Uint8Array.from(front);
  const back = groupBytes(tail);
  return Uint8Array.from([...front, ...new Array<number>(16 - front.length - back.length).fill(0), ...back]);
}

function groupBytes(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
