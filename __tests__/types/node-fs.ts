/**
 * The built package, compiled against the types of each supported Node (`npm run typecheck:node`): what is exported is what `node:fs` is
 * declared to be, and what the faces are made of has every member of it, by name.
 */

import type { FindOptions, RunInfo, WandbInfo } from 'wandb-fs';
import wandbFs, { createWandbArtifactFs, createWandbFs, mountAll } from 'wandb-fs';
import artifacts, * as artifactsModule from 'wandb-fs/artifacts';
import * as promises from 'wandb-fs/promises';
import type { makeMembers } from '../../dist/esm/node/faces/create.js';
import type { promisesFace } from '../../dist/esm/node/faces/promises.js';
import type { FileHandle } from '../../dist/esm/node/handle/file-handle.js';
import type { Dir } from '../../dist/esm/node/results/dir.js';
import type { FSWatcher } from '../../dist/esm/node/watching/fs-watcher.js';
import type { StatWatcher } from '../../dist/esm/node/watching/stat-watcher.js';

type NodeFs = typeof import('node:fs');
type NodePromises = typeof import('node:fs/promises');

createWandbFs() satisfies NodeFs;
createWandbFs().promises satisfies NodePromises;
createWandbArtifactFs() satisfies NodeFs;
createWandbArtifactFs().promises satisfies NodePromises;
mountAll({ '/wandb': createWandbFs() }, createWandbFs()) satisfies NodeFs;
wandbFs satisfies NodeFs;
artifacts satisfies NodeFs;
artifactsModule.default.promises satisfies NodePromises;
promises satisfies Omit<NodePromises, 'default'>;

/** Fails to compile where `Missing` has a member, and names it. */
type Nothing<Missing extends never> = Missing;

/** Classes that @types/node declares, and no version of Node exports. */
type Undeclared = 'StatsFs' | 'BigIntStats' | 'BigIntStatsFs' | 'FSWatcher' | 'StatWatcher';

export type MissingInFs = Nothing<Exclude<keyof NodeFs, keyof ReturnType<typeof makeMembers> | Undeclared>>;
export type MissingInPromises = Nothing<Exclude<keyof NodePromises, keyof ReturnType<typeof promisesFace>>>;

type Handle = import('node:fs/promises').FileHandle;
export type MissingInHandle = Nothing<Exclude<keyof Handle, keyof FileHandle>>;
export type MissingInDir = Nothing<Exclude<keyof import('node:fs').Dir, keyof Dir>>;
export type MissingInWatcher = Nothing<Exclude<keyof import('node:fs').FSWatcher, keyof FSWatcher>>;
export type MissingInStatWatcher = Nothing<Exclude<keyof import('node:fs').StatWatcher, keyof StatWatcher>>;

/** True for `any`, which everything is assignable to and from. */
type IsAny<T> = 0 extends 1 & T ? true : false;

/** The members of a face that are `any`, or take or give it. */
type Loose<Face> = {
  [Name in keyof Face]-?: IsAny<Face[Name]> extends true
    ? Name
    : Face[Name] extends (...args: infer Args) => infer Result
      ? true extends IsAny<Result> | IsAny<Args[number]>
        ? Name
        : never
      : never;
}[keyof Face];

export type LooseInFs = Nothing<Loose<ReturnType<typeof makeMembers>>>;
export type LooseInPromises = Nothing<Loose<ReturnType<typeof promisesFace>>>;
export type LooseInHandle = Nothing<Loose<Omit<FileHandle, keyof import('node:events').EventEmitter>>>;

/** `kind` tells the kinds of info apart. */
export async function describe(path: string): Promise<string | number | null> {
  const info = await wandbFs.wandb.info(path);
  switch (info.kind) {
    case 'run':
      return info.displayName ?? info.state;
    case 'file':
      return info.size;
    case 'version':
    case 'collection':
      return info.tags.join();
    case 'entity':
    case 'project':
    case 'artifactType':
      return info.createdAt;
    case 'draft':
      return info.files;
    case 'root':
    case 'directory':
      return info.path;
    default:
      return info satisfies never;
  }
}

const found: AsyncIterable<RunInfo> = wandbFs.wandb.find({
  entity: 'team',
  project: 'flowers',
  tags: ['best'],
  config: { lr: 0.1, model: { layers: { $gte: 3 }, name: { $in: ['a', 'b'] } } },
  summary: { loss: { $lt: 1 } },
  order: '-summary.loss',
});
export const firstName = async (): Promise<string | null> => {
  for await (const { config, path } of found) return `${path} ${config.lr satisfies unknown}`;
  return null;
};

/** True where the compiler takes it. */
type Takes<Type, Given> = Given extends Type ? true : false;
/** Neither a display name of any kind, nor an operator or an order that there is not. */
export type Refused = Nothing<
  | ('displayName' extends keyof WandbInfo ? 'displayName' : never)
  | (Takes<FindOptions, { state: { $is: string } }> extends true ? 'operator' : never)
  | (Takes<FindOptions, { order: 'loss' }> extends true ? 'order' : never)
>;
