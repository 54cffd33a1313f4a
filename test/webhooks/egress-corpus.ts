/**
 * Where webhooks must never go: the special-purpose blocks of IANA's registries by first and last address, hosts that are written
 * to look like something else, and names that resolve to what they should not. Kept apart from the guard's own tables.
 */

/** Blocks that no webhook reaches, with where it is said. */
export const BLOCKS: readonly (readonly [first: string, last: string, why: string])[] = [
  ['0.0.0.0', '0.255.255.255', 'this network, RFC 791'],
  ['10.0.0.0', '10.255.255.255', 'private, RFC 1918'],
  ['100.64.0.0', '100.127.255.255', 'carrier-grade NAT, RFC 6598'],
  ['127.0.0.0', '127.255.255.255', 'loopback, RFC 1122'],
  ['169.254.0.0', '169.254.255.255', 'link-local, RFC 3927'],
  ['172.16.0.0', '172.31.255.255', 'private, RFC 1918'],
  ['192.0.0.0', '192.0.0.255', 'protocol assignments, RFC 6890'],
  ['192.0.2.0', '192.0.2.255', 'documentation, RFC 5737'],
  ['192.88.99.0', '192.88.99.255', '6to4 relays, RFC 7526'],
  ['192.168.0.0', '192.168.255.255', 'private, RFC 1918'],
  ['198.18.0.0', '198.19.255.255', 'benchmarks, RFC 2544'],
  ['198.51.100.0', '198.51.100.255', 'documentation, RFC 5737'],
  ['203.0.113.0', '203.0.113.255', 'documentation, RFC 5737'],
  ['224.0.0.0', '239.255.255.255', 'multicast, RFC 5771'],
  ['240.0.0.0', '255.255.255.255', 'reserved and broadcast, RFC 1112'],
  ['::', '::', 'unspecified, RFC 4291'],
  ['::1', '::1', 'loopback, RFC 4291'],
  ['::1:0', '::ffff:ffff', 'IPv4-compatible, RFC 4291'],
  ['::ffff:0:0', '::ffff:ffff:ffff', 'IPv4-mapped, RFC 4291'],
  ['64:ff9b::', '64:ff9b::ffff:ffff', 'NAT64, RFC 6052'],
  ['64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff', 'NAT64 for local use, RFC 8215'],
  ['100::', '100::ffff:ffff:ffff:ffff', 'discard, RFC 6666'],
  ['2001::', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff', 'Teredo, RFC 4380'],
  ['2001:2::', '2001:2:0:ffff:ffff:ffff:ffff:ffff', 'benchmarks, RFC 5180'],
  ['2001:10::', '2001:1f:ffff:ffff:ffff:ffff:ffff:ffff', 'ORCHID, RFC 4843'],
  ['2001:20::', '2001:2f:ffff:ffff:ffff:ffff:ffff:ffff', 'ORCHIDv2, RFC 7343'],
  ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', 'documentation, RFC 3849'],
  ['2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '6to4, RFC 3056'],
  ['3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', 'documentation, RFC 9637'],
  ['5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'segment routing, RFC 9602'],
  ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'unique local, RFC 4193'],
  ['fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'link-local, RFC 4291'],
  ['fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'site-local, RFC 3879'],
  ['ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'multicast, RFC 4291'],
];

/** Addresses right beside a block, and well-known public ones: these may be called. */
export const PUBLIC: readonly string[] = [
  ...['1.0.0.0', '1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255'],
  ...['128.0.0.0', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '191.255.255.255', '192.0.1.0'],
  ...['192.0.3.0', '192.88.98.255', '192.88.100.0', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0'],
  ...['198.51.99.255', '198.51.101.0', '203.0.112.255', '203.0.114.0', '223.255.255.255'],
  ...['2001:200::1', '2001:db7:ffff::1', '2001:db9::', '2001:4860:4860::8888', '2003::', '2606:4700:4700::1111'],
  ...['2a00::1', '3ffd::1', '2400:cb00::1'],
];

/** Hosts as somebody writes them who hopes that only the obvious spelling is looked for. */
export const DISGUISED: readonly string[] = [
  ...['localhost', 'LOCALHOST', 'localhost.', 'LocalHost.', 'a.localhost', 'localhost.localhost', 'shop.localhost.'],
  ...[
    '2130706433',
    '0x7f000001',
    '0X7F000001',
    '017700000001',
    '0177.0.0.1',
    '0x7f.1',
    '127.1',
    '127.0.1',
    '0x7f.0.0.1',
  ],
  ...['127.0.0.1.', '127.000.000.001', '0177.0x0.0.01', '①②⑦.⓪.⓪.①', '127。0。0。1', '127%2e0%2e0%2e1', '１２７.0.0.1'],
  ...['%31%32%37.0.0.1', '0', '0x0', '00', '0.0', '0.0.0.0.', '3232235521', '0xc0a80001', '030052000001', '192.168.1'],
  ...['192.11010049', '10.1', '0xa.0.0.1', '012.0.0.1', '167772161', '172.16.1', '2886729729', '0xac100001'],
  ...[
    '169.254.169.254',
    '169.254.43518',
    '0xa9fea9fe',
    '2852039166',
    '025177524776',
    '169.254.169.254.',
    '169.16689662',
  ],
  ...['168.63.129.16', '100.100.100.200', '192.0.0.192', '[fd00:ec2::254]', '[fd20:ce::254]', '[fe80::a9fe:a9fe]'],
  ...['[::1]', '[0:0:0:0:0:0:0:1]', '[0000::0001]', '[::0.0.0.1]', '[::127.0.0.1]', '[::ffff:127.0.0.1]'],
  ...['[::ffff:7f00:1]', '[::FFFF:7F00:0001]', '[0:0:0:0:0:ffff:7f00:1]', '[::ffff:0:127.0.0.1]', '[::ffff:10.0.0.1]'],
  ...[
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b:1::10.0.0.1]',
  ],
  ...[
    '[2002:7f00:1::]',
    '[2002:a00:1::1]',
    '[2002:a9fe:a9fe::]',
    '[2001:0:7f00:1::]',
    '[2001:0:4136:e378:8000:63bf:3fff:fdd2]',
  ],
  ...['[2606:4700::5efe:7f00:1]', '[2606:4700::200:5efe:a00:1]', '[fe80::1]', '[ff02::1]', '[fec0::1]', '[fc00::1]'],
];

/** Hosts that no URL can have: nothing can be sent there at all. */
export const UNREADABLE: readonly string[] = [
  ...['[fe80::1%25eth0]', '[fe80::1%eth0]', '[::1', '::1', '[127.0.0.1]', '256.0.0.1', '1.2.3.4.5', '4294967296'],
  ...['0x100000000', '127.0.0.1%00.example', 'local host', 'exa\u0000mple', '[::ffff:300.0.0.1]', '%'],
];

/** What a resolver answers for a name, all of it to be refused. */
export const NAMES: readonly (readonly [name: string, answers: readonly string[]])[] = [
  ['loopback.shop.example', ['127.0.0.1']],
  ['loopback6.shop.example', ['::1']],
  ['both-loopbacks.shop.example', ['::1', '127.0.0.1']],
  ['any.shop.example', ['0.0.0.0']],
  ['any6.shop.example', ['::']],
  ['private-10.shop.example', ['10.1.2.3']],
  ['private-172.shop.example', ['172.20.0.5']],
  ['private-192.shop.example', ['192.168.178.1']],
  ['nat.shop.example', ['100.64.9.9']],
  ['metadata.shop.example', ['169.254.169.254']],
  ['metadata.google.internal', ['169.254.169.254']],
  ['metadata6.shop.example', ['fd00:ec2::254']],
  ['mapped.shop.example', ['::ffff:10.0.0.1']],
  ['mapped-hex.shop.example', ['::ffff:7f00:1']],
  ['nat64.shop.example', ['64:ff9b::a00:1']],
  ['sixtofour.shop.example', ['2002:a00:1::1']],
  ['teredo.shop.example', ['2001:0:4136:e378:8000:63bf:3fff:fdd2']],
  ['unique-local.shop.example', ['fd12:3456:789a::1']],
  ['link-local.shop.example', ['fe80::1']],
  ['zone.shop.example', ['fe80::1%lo']],
  ['multicast.shop.example', ['224.0.0.1', 'ff02::1']],
  ['broadcast.shop.example', ['255.255.255.255']],
  [
    'many.shop.example',
    ['10.0.0.1', '10.0.0.2', '172.16.0.1', '192.168.0.1', '127.0.0.1', '::1', 'fd00::1', 'fe80::1'],
  ],
  ['documentation.shop.example', ['192.0.2.1', '2001:db8::1']],
  ['nonsense.shop.example', ['not-an-address']],
];
