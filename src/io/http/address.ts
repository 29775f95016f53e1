import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Networks that are not the public internet (RFC 6890 and its successors), multicast included. */
const PRIVATE_NETWORKS = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 127],
  ['64:ff9b::', 32],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const;

const PRIVATE = new BlockList();
for (const [network, prefix] of PRIVATE_NETWORKS) {
  PRIVATE.addSubnet(network, prefix, network.includes(':') ? 'ipv6' : 'ipv4');
}
const MAPPED = /^::ffff:(?:0:)?(\d+\.\d+\.\d+\.\d+)$/;

/** Whether `address`, an IP address in any spelling that URLs or resolvers use, is outside the public internet. */
export function isPrivate(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').split('%')[0] ?? '';
  if (isIP(bare) === 4) return PRIVATE.check(bare, 'ipv4');
  if (isIP(bare) !== 6) return false;
  const canonical = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  const mapped = MAPPED.exec(bare)?.[1];
  if (mapped !== undefined) return PRIVATE.check(mapped, 'ipv4');
  // The canonical spelling writes an IPv4 address inside as two hexadecimal groups.
  const hex = /^::ffff:(?:0:)?([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  return hex
    ? PRIVATE.check(dotted(hex[1] as string, hex[2] as string), 'ipv4')
    : PRIVATE.check(bare, 'ipv6');
}

function dotted(high: string, low: string): string {
  const bits = Number.parseInt(high, 16) * 2 ** 16 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}

/** Name resolution that fails on private addresses; it runs for each connection, so no later answer can slip by. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  systemLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) {
      callback(error, '', 0);
      return;
    }
    const found = addresses.find(({ address }) => isPrivate(address));
    const [first] = addresses;
    if (found || !first) {
      const code = found ? PRIVATE_ADDRESS : 'ENOTFOUND';
      callback(Object.assign(new Error(`${hostname} is not public`), { code }), '', 0);
    } else if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

/** Code of the error with which `publicLookup` fails. */
export const PRIVATE_ADDRESS = 'EPRIVATEADDRESS';
