import { createHash } from 'node:crypto';

/** Node's hashes take less than 2 GiB at a time. */
const MOST = 1024 ** 3;

export function md5Of(bytes: Uint8Array): Buffer {
  const hash = createHash('md5');
  for (let at = 0; at < bytes.byteLength; at += MOST) hash.update(bytes.subarray(at, at + MOST));
  return hash.digest();
}
