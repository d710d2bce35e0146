import { types } from 'node:util';

/** What Node's `fs` warns of, in its words: text, type, code. */
const WARNINGS = {
  existsSync: [
    'Passing invalid argument types to fs.existsSync is deprecated',
    'DeprecationWarning',
    'DEP0187',
  ],
  forgottenHandle: [
    'Closing a FileHandle object on garbage collection is deprecated. Please close FileHandle objects explicitly using FileHandle.prototype.close(). In the future, an error will be thrown if a file descriptor is closed during garbage collection.',
    'DeprecationWarning',
    'DEP0137',
  ],
  mkdtemp: [
    'mkdtemp() templates ending with X are not portable. For details see: https://nodejs.org/api/fs.html',
  ],
  rmdir: [
    'In future versions of Node.js, fs.rmdir(path, { recursive: true }) will be removed. Use fs.rm(path, { recursive: true }) instead',
    'DeprecationWarning',
    'DEP0147',
  ],
  truncate: [
    'Using fs.truncate with a file descriptor is deprecated. Please use fs.ftruncate with a file descriptor instead.',
    'DeprecationWarning',
    'DEP0081',
  ],
} as const satisfies Readonly<Record<string, readonly [text: string, type?: string, code?: string]>>;

const told = new Set<keyof typeof WARNINGS>();

/** Warns once a process, as Node does. */
export function warnOnce(name: keyof typeof WARNINGS): void {
  if (told.has(name)) return;
  told.add(name);
  const [text, type, code]: readonly [string, string?, string?] = WARNINGS[name];
  process.emitWarning(text, type, code);
}

const X = 'X'.charCodeAt(0);

/** Systems make different names of a prefix that ends so. */
export function warnOfPrefix(prefix: unknown): void {
  const isOne = types.isUint8Array(prefix) ? prefix.at(-1) === X : String(prefix).endsWith('X');
  if (isOne) warnOnce('mkdtemp');
}

export function warnOfForgotten(fd: number): void {
  process.emitWarning(`Closing file descriptor ${fd} on garbage collection`);
  warnOnce('forgottenHandle');
}
