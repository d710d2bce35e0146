import nodeFs from 'node:fs';
import { type AnyFunction, asObject, type Bag, isFunction } from '../arguments/validate.js';

type StreamClass = new (options: Bag) => object;

/**
 * Node's own `Utf8Stream` over the members of an fs object, where Node has it (from 24.6 on).
 *
 * `fs` is asked for at each use: tools replace the members of the object that they are given.
 */
export function utf8Streams(fs: () => object): { readonly Utf8Stream?: StreamClass } {
  const NodeStream: unknown = Reflect.get(nodeFs, 'Utf8Stream');
  if (!isFunction(NodeStream)) return {};
  // What an fs of the caller's lacks is ours, where Node would take its own.
  const Utf8Stream = class extends (NodeStream as AnyFunction as unknown as StreamClass) {
    constructor(options: unknown = {}) {
      const given = asObject(options, 'options');
      const own = given.fs === undefined ? {} : asObject(given.fs, 'options.fs');
      super({ ...given, fs: { ...fs(), ...own } });
    }
  };
  return { Utf8Stream };
}
