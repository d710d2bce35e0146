import { calledBack, type Mounts } from './mounts.js';

/** A member that takes two paths, in one of its styles. */
export type Call = (name: 'rename' | 'link' | 'copyFile' | 'cp' | 'symlink', ...args: unknown[]) => unknown;

export const STYLES: readonly (readonly [style: string, of: (fs: Mounts['fs']) => Call])[] = [
  [
    'returned',
    (fs) =>
      (name, ...args) =>
        Reflect.apply(fs[`${name}Sync`], fs, args),
  ],
  [
    'called back',
    (fs) =>
      (name, ...args) =>
        calledBack(fs[name], ...args),
  ],
  [
    'resolved',
    (fs) =>
      (name, ...args) =>
        Reflect.apply(fs.promises[name], fs, args),
  ],
];
