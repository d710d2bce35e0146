import type nodeFs from 'node:fs';

const at = (path: string) => (root: string) => `${root}/${path}`;

/** What is called, with arguments that may depend on where `file.txt` and `dir/inner.txt` are. */
export const MISTAKES: [string, string, ...unknown[]][] = [
  ['a directory is read as a file', 'readFile', at('dir')],
  ['a directory is written as a file', 'writeFile', at('dir'), 'x'],
  ['a directory is appended to', 'appendFile', at('dir'), 'x'],
  ['a directory is opened to be written', 'open', at('dir'), 'r+'],
  ['a directory is truncated', 'truncate', at('dir')],
  ['a directory is unlinked', 'unlink', at('dir')],
  ['a directory is copied as a file', 'copyFile', at('file.txt'), at('dir')],
  ['a file is listed', 'readdir', at('file.txt')],
  ['a file is opened as a directory', 'opendir', at('file.txt')],
  ['a file is removed as a directory', 'rmdir', at('file.txt')],
  ['a file is asked for as a directory', 'stat', at('file.txt/')],
  ['something below a file is asked for', 'stat', at('file.txt/below')],
  ['something below a file is written', 'writeFile', at('file.txt/below'), 'x'],
  ['a directory is made below a file', 'mkdir', at('file.txt/below')],
  ['a directory is made where a file is', 'mkdir', at('file.txt')],
  ['a directory is made twice', 'mkdir', at('dir')],
  ['a directory that is not empty is removed', 'rmdir', at('dir')],
  ['a directory is removed as a file', 'rm', at('dir')],
  ['a file is renamed over a directory', 'rename', at('file.txt'), at('dir')],
  ['a directory is renamed over a file', 'rename', at('dir'), at('file.txt')],
  ['a directory is renamed into itself', 'rename', at('dir'), at('dir/below')],
  ['what is missing is renamed', 'rename', at('missing'), at('other')],
  ['a file is made that exists', 'open', at('file.txt'), 'wx'],
  ['a copy must not replace', 'copyFile', at('file.txt'), at('dir/inner.txt'), 1],
  ['no link is there to be read', 'readlink', at('file.txt')],
  ['the flag is unknown', 'open', at('file.txt'), 'rz'],
  ['the mode is no mode', 'open', at('new.txt'), 'w', 'rwx'],
  ['the mode is out of range', 'chmod', at('file.txt'), -1],
  ['the path is no path', 'stat', 7],
  ['the path has a null byte', 'stat', 'a\0b'],
  ['the encoding is unknown', 'readFile', at('file.txt'), 'utf9'],
  ['the content is no content', 'writeFile', at('file.txt'), 7],
];

/** What is done with a file that has `content`; what comes of it, or how it fails, can be compared. */
export const ATTEMPTS: [string, (fs: typeof nodeFs, path: string) => unknown][] = [
  [
    'a read behind the end brings nothing',
    (fs, path) => fs.readSync(fs.openSync(path, 'r'), Buffer.alloc(9), 0, 9, 99),
  ],
  [
    'a read across the end brings what there is',
    (fs, path) => fs.readSync(fs.openSync(path, 'r'), Buffer.alloc(9), 0, 9, 4),
  ],
  [
    'a position of -1 is the current one',
    (fs, path) => fs.readSync(fs.openSync(path, 'r'), Buffer.alloc(9), 0, 9, -1),
  ],
  ['a position of -2', (fs, path) => fs.readSync(fs.openSync(path, 'r'), Buffer.alloc(9), 0, 9, -2)],
  [
    'an offset behind the buffer',
    (fs, path) => fs.readSync(fs.openSync(path, 'r'), Buffer.alloc(9), 10, 1, 0),
  ],
  ['a length above the buffer', (fs, path) => fs.readSync(fs.openSync(path, 'r'), Buffer.alloc(9), 0, 10, 0)],
  ['an empty buffer', (fs, path) => fs.readSync(fs.openSync(path, 'r'), Buffer.alloc(0))],
  ['a write to what is open to be read', (fs, path) => fs.writeSync(fs.openSync(path, 'r'), 'x')],
  [
    'a read of what is open to be written',
    (fs, path) => fs.readSync(fs.openSync(path, 'a'), Buffer.alloc(1)),
  ],
  ['a truncation to a negative length', (fs, path) => fs.ftruncateSync(fs.openSync(path, 'r+'), -1)],
  ['an fd that is no number', (fs) => Reflect.apply(fs.readSync, fs, ['1', Buffer.alloc(1)])],
  ['a negative fd', (fs) => fs.readSync(-1, Buffer.alloc(1))],
  ['a stream that ends before its start', (fs, path) => fs.createReadStream(path, { start: 3, end: 2 })],
  ['a stream with a negative start', (fs, path) => fs.createReadStream(path, { start: -1 })],
];
