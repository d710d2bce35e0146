import { constants } from 'node:fs';
import type { Failure } from '../../../src/contract/failure.js';
import { treePath } from '../../../src/contract/tree-path.js';
import type { KernelOptions } from '../../../src/kernel/core.js';
import { createKernel } from '../../../src/kernel/kernel.js';
import { Operation, runAsync, runSync } from '../../../src/kernel/operation/operation.js';
import type { Kernel } from '../../../src/kernel/syscalls.js';
import { defaults } from '../../helpers/defaults.js';
import { ScriptedRemote } from './scripted-remote.js';
import { ScriptedServer } from './scripted-server.js';

const { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

export interface Mount {
  readonly kernel: Kernel;
  readonly remote: ScriptedRemote;
  readonly server: ScriptedServer;
  /** `wall`: what the wall clock is ahead of the monotonic one. */
  readonly clock: { now: number; wall: number };
  readFile(path: string): string;
  writeFile(path: string, text: string): void;
  names(path: string): string[];
  sync<T>(primitive: (op: Operation) => T): T;
  async<T>(primitive: (op: Operation) => T, signal?: AbortSignal): Promise<T>;
}

/** A kernel over a scripted remote with an empty run `e/p/r`, and the shorthands that tests read best with. */
export function mount(options: Partial<Omit<KernelOptions, 'remote' | 'now' | 'monotonic'>> = {}): Mount {
  const clock = { now: 1_000_000, wall: 0 };
  const date = (): number => clock.now + clock.wall;
  const server = new ScriptedServer(date);
  server.mkunit('e/p/r');
  const remote = new ScriptedRemote(server);
  const kernel = createKernel({
    ...defaults,
    random: () => 0,
    ...options,
    remote,
    now: date,
    monotonic: () => clock.now,
  });
  const sync = <T>(primitive: (op: Operation) => T): T => runSync(primitive);
  return {
    kernel,
    remote,
    server,
    clock,
    sync,
    async: (primitive, signal) => runAsync(primitive, new Operation(signal)),
    readFile: (path) => {
      const fd = sync((op) => kernel.open(op, treePath(path), O_RDONLY, 0));
      try {
        return readAll(kernel, sync, fd);
      } finally {
        sync((op) => kernel.close(op, fd));
      }
    },
    writeFile: (path, text) => {
      const fd = sync((op) => kernel.open(op, treePath(path), O_WRONLY | O_CREAT | O_TRUNC, 0o666));
      sync((op) => kernel.write(op, fd, Buffer.from(text), null));
      sync((op) => kernel.close(op, fd));
    },
    names: (path) => sync((op) => kernel.readdir(op, treePath(path))).map(({ name }) => name),
  };
}

/** Reads from the fd's position to the end. */
export function readAll(kernel: Kernel, sync: Mount['sync'], fd: number): string {
  const parts: Buffer[] = [];
  for (;;) {
    const buffer = Buffer.alloc(64);
    const count = sync((op) => kernel.read(op, fd, buffer, null));
    if (count === 0) return Buffer.concat(parts).toString();
    parts.push(buffer.subarray(0, count));
  }
}

/** The errno name that a call fails with. */
export function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
  return 'success';
}

/** Lets what was awaited go on. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a promise comes to: its value ('done' for none), or the errno name that it rejects with. */
export const outcome = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => value ?? 'done',
    (failure: Failure) => failure.code ?? failure,
  );
