import type { Contents, Handed } from '../../../src/contract/remote.js';
import type { OpenSource } from '../../../src/contract/uploads.js';

const bytesOf = new Map<number, Uint8Array>();
let serial = 0;

/** Hands content over, as the kernel does: the owner asks `handed` for its bytes when it reads them. */
export function hand(content: string | Uint8Array): Handed {
  const bytes = new Uint8Array(typeof content === 'string' ? Buffer.from(content) : content);
  const id = ++serial;
  bytesOf.set(id, bytes);
  return { kind: 'held', id, size: bytes.byteLength };
}

/** How often content is open at the moment. */
export const openings = new Map<number, number>();

export const handed: Contents = {
  open: (id): OpenSource => {
    const bytes = bytesOf.get(id);
    if (!bytes) throw new Error(`nothing was handed over as ${id}`);
    openings.set(id, (openings.get(id) ?? 0) + 1);
    return { kind: 'bytes', bytes: bytes.slice() };
  },
  close: (id) => {
    openings.set(id, (openings.get(id) ?? 0) - 1);
  },
};
