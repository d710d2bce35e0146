import { promisify } from 'node:util';
import { type AnyFunction, asFunction, isFunction } from '../arguments/validate.js';
import { driveAsync, driveSync } from '../composites/driver.js';
import { withPromiseOf } from '../faces/callback.js';
import { answer } from '../faces/face.js';
import { ITERABLES } from './filesystem.js';
import type { Router } from './router.js';
import type { Routed } from './routes.js';

/** The three styles of each call, made from its route. */
export interface Faces {
  readonly sync: (name: Routed) => AnyFunction;
  readonly callback: (name: Routed) => AnyFunction;
  readonly promise: (name: Routed) => AnyFunction;
}

export function facesOf(router: Router): Faces {
  return {
    sync:
      (name) =>
      (...args) => {
        const plan = router.plan(name, args);
        return 'work' in plan ? driveSync(plan.work) : plan.owner.sync(name, plan.args);
      },
    callback: (name) => promisable(name, callbackFace(router, name)),
    promise:
      (name) =>
      (...args) => {
        try {
          const plan = router.plan(name, args, 'promise');
          if (!('work' in plan)) return plan.owner.promise(name, plan.args);
          const result = driveAsync(plan.work);
          return name === 'glob' ? eachOf(result) : result;
        } catch (error) {
          return ITERABLES.includes(name) ? eachOf(Promise.reject(error)) : Promise.reject(error);
        }
      },
  };
}

/** `promises.glob` and `promises.watch` give what `for await` takes, and fail at its first step. */
async function* eachOf(result: Promise<unknown>): AsyncGenerator<unknown, void> {
  yield* (await result) as Iterable<unknown>;
}

function callbackFace(router: Router, name: Routed): AnyFunction {
  return (...args) => {
    const index = args.findLastIndex(isFunction);
    const plan = router.plan(name, index < 0 ? args : args.slice(0, index));
    // The owner checks the callback himself, and what stands in its place.
    if (!('work' in plan)) {
      return plan.owner.callback(name, index < 0 ? plan.args : [...plan.args, ...args.slice(index)]);
    }
    const done = asFunction(args[index], 'cb');
    const result = driveAsync(plan.work);
    if (name === 'exists') answer(result, (_error, isThere) => done(isThere));
    else answer(result, done);
    return undefined;
  };
}

/** What `util.promisify` makes of those whose callbacks take other than an error and one value. */
function promisable(name: Routed, face: AnyFunction): AnyFunction {
  switch (name) {
    case 'exists': {
      const exists = (path: unknown) => new Promise((resolve) => face(path, resolve));
      return Object.defineProperty(face, promisify.custom, { value: exists });
    }
    case 'read':
      return withPromiseOf(face, 'bytesRead', 'buffer');
    case 'write':
      return withPromiseOf(face, 'bytesWritten', 'buffer');
    case 'readv':
      return withPromiseOf(face, 'bytesRead', 'buffers');
    case 'writev':
      return withPromiseOf(face, 'bytesWritten', 'buffers', 'buffer');
    default:
      return face;
  }
}
