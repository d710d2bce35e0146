import { Failure } from '../../../src/contract/failure.js';
import type { Store } from '../../../src/contract/store.js';
import type { MemoryStore } from '../../store/helpers/memory-store.js';

/** A step of a request that waits to be let on. */
export interface Gate {
  readonly reached: Promise<void>;
  open(): void;
}

interface ClosedGate extends Gate {
  readonly opened: Promise<void>;
  arrive(): void;
}

/**
 * A store whose requests are written down, can be stopped on their way, and can fail. The steps of an upload are
 * `declare <paths>`, `put <path>` (half of the body is sent), `sent <path>` (all of it), `answer <path>` (the storage has
 * it) and `finish <paths>`; of everything else `<method> <paths>`.
 */
export class RecordedStore {
  readonly log: string[] = [];
  private readonly gates = new Map<string, ClosedGate>();
  private readonly failures = new Map<string, unknown[]>();

  readonly store: Store;

  constructor(readonly memory: MemoryStore) {
    this.store = this.record();
  }

  /** Stops the next request at this step. */
  gate(step: string): Gate {
    let arrive = (): void => {};
    let open = (): void => {};
    const reached = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const gate = { reached, opened, arrive, open };
    this.gates.set(step, gate);
    return gate;
  }

  /** Lets the next requests fail at this step, one for each reason. */
  fail(step: string, ...reasons: unknown[]): void {
    this.failures.set(step, reasons);
  }

  /** The steps so far that are requests of their own, without their paths. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const step of this.log) {
      const [method = ''] = step.split(' ');
      if (method !== 'sent' && method !== 'answer') counts[method] = (counts[method] ?? 0) + 1;
    }
    return counts;
  }

  private readonly record = (): Store => ({
    shape: this.memory.shape,
    lookup: async (path, options) => {
      await this.step(`lookup ${path}`, options.signal);
      return this.memory.lookup(path, options);
    },
    list: (path, options) => {
      this.log.push(`list ${path}`);
      return this.memory.list(path, options);
    },
    read: async (entry, range, options) => {
      await this.step(`read ${entry.path}`, options.signal);
      return this.memory.read(entry, range, options);
    },
    readNewest: async (entry, options) => {
      await this.step(`readNewest ${entry.path}`, options.signal);
      return this.memory.readNewest(entry, options);
    },
    uploads: {
      declare: async (paths, options) => {
        await this.step(`declare ${paths.join()}`, options.signal);
        return this.memory.uploads.declare(paths, options);
      },
      put: async (ticket, source, { signal, onProgress }) => {
        const size = source.kind === 'bytes' ? source.bytes.byteLength : source.size;
        onProgress?.(Math.floor(size / 2));
        await this.step(`put ${ticket.path}`, signal);
        onProgress?.(size);
        await this.step(`sent ${ticket.path}`, signal);
        const put = await this.memory.uploads.put(ticket, source, {});
        await this.step(`answer ${ticket.path}`, signal);
        return put;
      },
      finish: async (tickets, options) => {
        await this.step(`finish ${tickets.map(({ path }) => path).join()}`, options.signal);
        return this.memory.uploads.finish(tickets, options);
      },
    },
    remove: async (files, options) => {
      await this.step(`remove ${files.map(({ path }) => path).join()}`, options.signal);
      return this.memory.remove(files, options);
    },
    mkdir: async (path, options) => {
      await this.step(`mkdir ${path}`, options.signal);
      return this.memory.mkdir(path, options);
    },
    rmdir: async (path, options) => {
      await this.step(`rmdir ${path}`, options.signal);
      return this.memory.rmdir(path, options);
    },
  });

  private async step(step: string, signal: AbortSignal | undefined): Promise<void> {
    this.log.push(step);
    const gate = this.gates.get(step);
    this.gates.delete(step);
    if (gate) {
      gate.arrive();
      await Promise.race([gate.opened, aborted(signal)]);
    }
    if (signal?.aborted) throw new Failure('ECANCELED');
    const failures = this.failures.get(step);
    if (failures && failures.length > 0) throw failures.shift();
  }
}

const aborted = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
