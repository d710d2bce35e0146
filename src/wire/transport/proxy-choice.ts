import { BlockList, isIP } from 'node:net';
import { isLoopback } from '../../config/base-url.js';
import type { Proxies, ProxyServer } from '../../config/environment/proxies.js';

/** The proxy that a request to `address` goes through; null: none. */
export function proxyFor(proxies: Proxies | null, address: string): ProxyServer | null {
  if (proxies === null) return null;
  const url = new URL(address);
  const proxy = url.protocol === 'https:' ? proxies.https : proxies.http;
  if (proxy === null || proxy.isForAll) return proxy;
  return isLoopback(url.hostname) || isNamed(url, proxies.no) ? null : proxy;
}

/**
 * Does NO_PROXY name the host? Entries stand between commas or white space. A name, with or without '.' or '*.' before it,
 * means the host and all below it; an address may have a prefix length; either may have a port; '*' means all.
 */
function isNamed(url: URL, list: string): boolean {
  const host = bare(url.hostname);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true;
      // An IPv6 address without brackets is all colons.
      const [, name = entry, only = port] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
      const named = bare(name.replace(/^\*?\./, ''));
      if (named === '' || only !== port) return false;
      return isIP(host) ? isAddress(host, named) : host === named || host.endsWith(`.${named}`);
    });
}

function isAddress(host: string, entry: string): boolean {
  const [, address = '', prefix] = /^([^/]*)(?:\/(\d+))?$/.exec(entry) ?? [];
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const bits = prefix === undefined ? null : Number(prefix);
  if (!isIP(address) || (bits !== null && !(bits <= (family === 'ipv6' ? 128 : 32)))) return false;
  const list = new BlockList();
  if (bits === null) list.addAddress(address, family);
  else list.addSubnet(address, bits, family);
  return list.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}

/** Without the brackets of an IPv6 address, and the dot at the end of a full name. */
const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
