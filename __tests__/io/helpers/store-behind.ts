import { readSync } from 'node:fs';
import type { Args, HandedDraftFile, Method, Remote, Value } from '../../../src/contract/remote.js';
import type { Store } from '../../../src/contract/store.js';
import { treePath } from '../../../src/contract/tree-path.js';
import type { OpenSource, Signalled } from '../../../src/contract/uploads.js';
import { reading } from '../../../src/store/common/sources.js';
import { hand, handed } from './handed.js';

/**
 * A remote in the shape of a store, so that the store contract can be asked of what stands behind a port. An upload is
 * handed over when it is finished: the owner's queue does the three steps itself.
 */
export function storeBehind(remote: Remote): Store {
  const ask = <M extends Method>(method: M, args: Args<M>, { signal }: Signalled): Promise<Value<M>> =>
    new Promise((resolve, reject) => {
      const call = remote.call(method, args, (reply) =>
        reply.ok ? resolve(reply.value) : reject(reply.failure),
      );
      signal?.addEventListener('abort', () => remote.cancel(call), { once: true });
    });
  remote.contents = handed;
  const sources = new Map<string, OpenSource>();
  let serial = 0;
  const changes: Pick<Store, 'uploads' | 'mkdir'> = {
    uploads: {
      declare: async (paths) => paths.map((path) => ({ path, url: '', headers: {} })),
      put: async ({ path }, source) => {
        sources.set(path, source);
        return { md5: null };
      },
      finish: async (tickets, options) => {
        for (const { path } of tickets) {
          const source = sources.get(path);
          if (source) {
            const submission = { ino: ++serial, generation: 1, path, source: hand(bytesOf(source)) };
            void ask('submit', submission, options);
          }
        }
        const { failed } = await ask('flush', { inos: null }, options);
        for (const { failure } of failed) throw failure;
      },
    },
    mkdir: (path, options) => ask('mkdir', { path }, options),
  };
  const versions: Pick<Store, 'commit' | 'symlink' | 'info'> = {
    commit: async ({ collection, files }, { signal, onProgress: _, ...options }) => {
      const sent: HandedDraftFile[] = [];
      for (const file of files) {
        if (file.kind !== 'content') sent.push(file);
        else sent.push({ ...file, source: hand(await reading(file.source, async (open) => bytesOf(open))) });
      }
      const draft = {
        path: treePath(`${collection}/draft`),
        collection,
        files: sent,
        base: null,
        inos: sent.map(() => ++serial),
      };
      return ask('commit', { ...draft, options }, { signal });
    },
    symlink: async (link, options) => (await ask('symlink', link, options)).entries,
    info: async (path, options) => {
      const facts = await ask('info', { path }, options);
      if (!facts) throw new Error('the store behind has no info');
      return facts;
    },
  };
  return {
    ...(remote.shape.drafts ? versions : changes),
    shape: remote.shape,
    async lookup(path, { listing: isListed, signal }) {
      const { listing, ...found } = await ask('lookup', { path, listing: isListed }, { signal });
      return { ...found, listing: listing && { ...listing, entries: [...listing.entries] } };
    },
    async *list(path, options) {
      yield [...(await ask('list', { path }, options)).entries];
    },
    read: (entry, { start, end }, { etag, signal }) => ask('read', { entry, start, end, etag }, { signal }),
    readNewest: (entry, { limit, signal }) => ask('readNewest', { entry, limit }, { signal }),
    remove: async (files, options) => {
      const known = await Promise.all(
        files.map(async ({ path, id }) => {
          const { found } = await ask('lookup', { path, listing: false }, options);
          const entry = found === 'prefix' || found === null ? null : { ...found, id };
          return { ino: ++serial, path, entry };
        }),
      );
      await ask('remove', { files: known }, options);
    },
    rmdir: async (path, options) => {
      await ask('rmdir', { path }, options);
    },
    close: async () => {
      await ask('close', {}, {});
    },
  };
}

function bytesOf(source: OpenSource): Uint8Array {
  if (source.kind === 'bytes') return source.bytes;
  const bytes = new Uint8Array(source.size);
  readSync(source.fd, bytes, 0, source.size, 0);
  return bytes;
}
