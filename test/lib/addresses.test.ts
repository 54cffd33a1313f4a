/** Which addresses are public: both sides of every border, and the disguises of private ones. */
import assert from 'node:assert/strict';
import { BlockList, isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { isLoopback, isPublicAddress, RESERVED_IPV4, RESERVED_IPV6 } from '../../src/lib/addresses.ts';

test('ordinary servers of the internet are public', () => {
  for (const address of [
    ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '128.0.0.1'],
    ...['172.15.255.255', '172.32.0.0', '192.0.1.0', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0'],
    ...['168.63.129.15', '169.253.255.255', '169.255.0.0', '203.0.112.255', '203.0.114.0', '223.255.255.255'],
    ...['2606:4700::1111', '2a00:1450:4001:81b::200e', '2001:4860:4860::8888', '2001:200::1', '2003::1', '2620::1'],
  ]) {
    assert.equal(isPublicAddress(address), true, address);
  }
});

test('loopback, private, link-local, shared, metadata, test, multicast and reserved addresses are not public', () => {
  for (const address of [
    ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '100.100.100.200', '127.0.0.1', '127.255.255.254'],
    ...['168.63.129.16', '169.254.169.254', '169.254.170.2', '172.16.0.1', '172.31.255.255', '192.0.0.192'],
    ...['192.0.2.1', '192.88.99.1', '192.168.1.1', '198.18.0.1', '198.19.255.255', '198.51.100.7', '203.0.113.9'],
    ...['224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '100::1', '2001:db8::1', '2001:2::1', '2001:10::1', '2001:20::1', '3fff::1', '5f00::1'],
    ...['fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '3ffe::1', '4000::1'],
  ]) {
    assert.equal(isPublicAddress(address), false, address);
  }
});

test('an IPv4 address does not get through inside an IPv6 one, even a public one', () => {
  for (const inside of [
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::FFFF:8.8.8.8', '::127.0.0.1', '::8.8.8.8', '::ffff:0:10.0.0.1'],
    ...['64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::a00:1', '2002:7f00:1::', '2002:808:808::1'],
    ...['2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2', '2a00:1450::5efe:10.0.0.1', '2a00:1450::200:5efe:a00:1'],
  ]) {
    assert.equal(isPublicAddress(inside), false, inside);
  }
});

test('what is not a canonical address is not public', () => {
  for (const text of [
    '',
    'localhost',
    '0x7f.1',
    '2130706433',
    '127.1',
    '010.0.0.1',
    '1.1.1.1 ',
    '[::1]',
    ':::',
    '1::2::3',
  ]) {
    assert.equal(isPublicAddress(text), false, text);
    assert.equal(isLoopback(text), false, text);
  }
});

test('loopback is 127/8 and ::1, also as IPv4-mapped, and nothing beside it', () => {
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', '::ffff:7f01:203']) {
    assert.equal(isLoopback(address), true, address);
  }
  for (const address of [
    '126.255.255.255',
    '128.0.0.0',
    '0.0.0.0',
    '::',
    '::2',
    '::127.0.0.1',
    '::ffff:8.8.8.8',
    '10.0.0.1',
  ]) {
    assert.equal(isLoopback(address), false, address);
  }
});

test('every address within every reserved range is refused, and the judgement agrees with an independent one', () => {
  const ipv4 = new BlockList();
  const ipv6 = new BlockList();
  for (const [range] of [...RESERVED_IPV4, ...RESERVED_IPV6]) {
    const [network, bits] = range.split('/') as [string, string];
    if (isIP(network) === 4) ipv4.addSubnet(network, Number(bits), 'ipv4');
    else ipv6.addSubnet(network, Number(bits), 'ipv6');
    assert.equal(isPublicAddress(network), false, range);
  }
  const unicast = new BlockList();
  unicast.addSubnet('2000::', 3, 'ipv6');
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      assert.equal(isPublicAddress(address), !ipv4.check(address, 'ipv4'), address);
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.ipV6(), fc.constantFrom('', '2', '3'), (address, first) => {
      const moved = address.startsWith(':')
        ? address
        : address.replace(/^[0-9a-f]+/i, (group) => first + group.slice(0, 3));
      fc.pre(!/5efe/i.test(moved));
      const expected = unicast.check(moved, 'ipv6') && !ipv6.check(moved, 'ipv6');
      assert.equal(isPublicAddress(moved), expected, moved);
    }),
    { numRuns: 2000 },
  );
});
