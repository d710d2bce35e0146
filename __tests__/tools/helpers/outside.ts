import { relative } from 'node:path';
import { isNativeError } from 'node:util/types';
import type { WandbFs } from 'wandb-fs';

type AnyFunction = (...args: unknown[]) => unknown;

/** One call that a tool made. */
export interface Call {
  /** Such as 'stat', 'statSync' or 'promises.stat'. */
  readonly member: string;
  readonly args: readonly unknown[];
}

/** An fs object that does what another does, and writes down every call. */
export function recording(fs: WandbFs, calls: Call[]): WandbFs {
  const record = (members: object, prefix: string): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(members).map(([name, member]) => [name, recorded(member, `${prefix}${name}`, calls)]),
    );
  return { ...fs, ...record(fs, ''), promises: record(fs.promises, 'promises.') } as unknown as WandbFs;
}

/** Classes stay as they are: they are constructed, and compared. */
function recorded(member: unknown, name: string, calls: Call[]): unknown {
  if (typeof member !== 'function' || /^(promises\.)?[A-Z_]/.test(name)) return member;
  const call = member as AnyFunction;
  const recording: AnyFunction = (...args) => {
    calls.push({ member: name, args });
    return call(...args);
  };
  return Object.assign(recording, call);
}

/** The calls for paths that are neither a directory nor anything below it. */
export const callsOutside = (calls: readonly Call[], directory: string): readonly Call[] =>
  calls.filter(({ args: [path] }) => typeof path === 'string' && relative(directory, path).startsWith('..'));

/** Makes calls again, over another fs object, and tells of each how it ended: 'ENOENT', or what it gave. */
export async function replay(fs: WandbFs, calls: readonly Call[]): Promise<unknown[]> {
  return Promise.all(calls.map((call) => outcome(fs, call)));
}

async function outcome(fs: WandbFs, { member, args }: Call): Promise<unknown> {
  const name = member.replace('promises.', '');
  const found: unknown = Reflect.get(name === member ? fs : fs.promises, name);
  if (typeof found !== 'function') throw new TypeError(`${member} is no function`);
  const call = found as AnyFunction;
  try {
    if (typeof args.at(-1) !== 'function') return await call(...args);
    return await new Promise((resolve, reject) => {
      call(...args.slice(0, -1), (error: unknown, value: unknown) =>
        error ? reject(error) : resolve(value),
      );
    });
  } catch (error) {
    if (isNativeError(error) && 'code' in error) return error.code;
    throw error;
  }
}
