import { lookup as lookUp } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Of this machine, of private and shared networks, of links, and what is no host's (RFC 6890 and its registries). */
const INNER_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
];
const INNER_V6: readonly (readonly [string, number])[] = [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];
/** Forms of IPv6 that hold an address of IPv4: compatible, mapped, translated (NAT64). */
const HOLDERS = ['::', '::ffff:', '64:ff9b::'];

const inner = new BlockList();
for (const [net, bits] of INNER_V4) {
  inner.addSubnet(net, bits, 'ipv4');
  for (const holder of HOLDERS) inner.addSubnet(`${holder}${net}`, 96 + bits, 'ipv6');
}
for (const [net, bits] of INNER_V6) inner.addSubnet(net, bits, 'ipv6');

/** An IP address that anybody on the internet can reach. */
export const isPublicAddress = (address: string): boolean =>
  !inner.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** As a URL names it. A name may still have an inner address: that is seen when it is looked up. */
export function isPublicHost(hostname: string): boolean {
  const name = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  if (isIP(name) !== 0) return isPublicAddress(name);
  return name.includes('.') && !/\.(localhost|local|internal|home\.arpa)$/.test(name);
}

export const NOT_PUBLIC = 'ERR_WANDB_FS_NOT_PUBLIC';

const notPublic = (hostname: string): Error =>
  Object.assign(new Error(`${hostname} has an inner address`), { code: NOT_PUBLIC });

/** For connections: what was looked up is what is connected to, so nobody can change it in between. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookUp(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '');
    const [first] = addresses;
    // One inner address among public ones is what an attacker's name has.
    if (!first || !addresses.every(({ address }) => isPublicAddress(address)))
      return callback(notPublic(hostname), '');
    if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

/**
 * Where somebody else connects (a proxy, a user's agent): rejects if the name has an inner address here. What isn't known
 * here is theirs to find.
 */
export function assertPublic(url: string): Promise<void> {
  const { hostname } = new URL(url);
  return new Promise((resolve, reject) => {
    lookUp(hostname, { all: true }, (error, addresses) => {
      const isInner = !error && !addresses.every(({ address }) => isPublicAddress(address));
      if (isInner) reject(notPublic(hostname));
      else resolve();
    });
  });
}
