import { Failure } from '../../../src/contract/failure.js';
import type { Args, Method, Move, Remote, RemoteEvent, Value } from '../../../src/contract/remote.js';
import { treePath } from '../../../src/contract/tree-path.js';
import { createInProcessRemote } from '../../../src/io/client/in-process.js';
import { createOwner } from '../../../src/io/owner/owner.js';
import type { UploadOptions } from '../../../src/io/upload/uploader.js';
import { defaults } from '../../helpers/defaults.js';
import { createMemoryStore, type MemoryStoreOptions } from '../../store/helpers/memory-store.js';
import { hand, handed } from './handed.js';
import { RecordedStore } from './recorded-store.js';

export const UNIT = 'e/p/r';

export const sourceOf = hand;

export const refused = new Failure('EIO', 'The storage refused the upload.', 'HTTP 403');

/** Asks, and resolves to the reply's value or rejects with its failure. */
export const asking =
  (remote: Remote) =>
  <M extends Method>(method: M, args: Args<M>): Promise<Value<M>> =>
    new Promise((resolve, reject) => {
      remote.call(method, args, (reply) => (reply.ok ? resolve(reply.value) : reject(reply.failure)));
    });

/** An owner over a recorded store in memory with an empty unit `e/p/r`, and the shorthands that tests read best with. */
export function owned(options: Partial<UploadOptions> & MemoryStoreOptions = {}) {
  const recorded = new RecordedStore(createMemoryStore({ directories: [treePath(UNIT)], ...options }));
  // No test waits for the delay unless it wants to: they flush.
  const remote = createInProcessRemote(
    (contents) =>
      createOwner({ ...defaults, store: recorded.store, contents, writebackDelay: 60_000, ...options }),
    defaults,
  );
  remote.contents = handed;
  const events: RemoteEvent[] = [];
  remote.onEvent = (event) => events.push(event);
  const ask = asking(remote);
  return {
    ...{ remote, recorded, events, ask },
    submit: (name: string, text: string, { ino = 1, generation = 1 } = {}) =>
      ask('submit', { ino, generation, path: treePath(`${UNIT}/${name}`), source: sourceOf(text) }),
    flush: async (inos: readonly number[] | null = null) => (await ask('flush', { inos })).failed,
    remove: (name: string, ino = 1) =>
      ask('remove', { files: [{ ino, path: treePath(`${UNIT}/${name}`), entry: null }] }),
    move: async (from: string, to: string, about: Partial<Move> = {}) => {
      const move = { ino: 1, entry: null, source: null, generation: 1, ...about };
      const { moved } = await ask('rename', {
        moves: [{ ...move, from: treePath(`${UNIT}/${from}`), to: treePath(`${UNIT}/${to}`) }],
      });
      return moved[0]?.entry ?? null;
    },
    /** What the storage holds. */
    content: (name: string): string | null => {
      const bytes = recorded.memory.bytes(treePath(`${UNIT}/${name}`));
      return bytes && Buffer.from(bytes).toString();
    },
    names: (): string[] => recorded.memory.names().map((path) => path.slice(UNIT.length + 1)),
    eventsOf: (type: RemoteEvent['type']) => events.filter((event) => event.type === type),
  };
}

/** The errno name that a call fails with. */
export const codeOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'success',
    (failure: { code: string }) => failure.code,
  );

/** Lets everything happen that needs no timer. */
export const turns = async (count = 20): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
};
