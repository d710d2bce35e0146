import { createHash } from 'node:crypto';
import type { WandbFs } from 'wandb-fs';
import { awkwardFiles } from '../../__fixtures__/index.js';
import { type Files, filesOf } from './sdk.js';

/** Every byte, nothing, more than a page of the page cache; awkward names; directories in directories. */
export const AWKWARD: Files = {
  ...filesOf({ 'a.txt': 'hello', 'dir/b.txt': 'world', 'dir/empty.bin': '' }),
  ...filesOf({ 'sp ace/#1 100% a+b?.txt': 'awkward', ' %20+#': 'signs', '\u{1F600}/\uFF01.txt': 'astral' }),
  ...filesOf(awkwardFiles()),
  'bytes/all.bin': Buffer.from(Uint8Array.from({ length: 256 }, (_, index) => index)),
  'bytes/many.bin': Buffer.from(Uint8Array.from({ length: (2 << 20) + 3 }, (_, i) => (i * 31) % 251)),
};

/** And so many files in all. */
export const withMany = (count: number): Files => ({
  ...AWKWARD,
  ...filesOf(
    Object.fromEntries(
      Array.from({ length: count - Object.keys(AWKWARD).length }, (_, i) => [
        `many/${i % 7}/${i}.txt`,
        `file ${i}`,
      ]),
    ),
  ),
});

/** All files below a directory, by name; those that references lead to are no files of it. */
export async function readTree(fs: WandbFs, directory: string): Promise<Files> {
  const entries = await fs.promises.readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Object.fromEntries(
    await Promise.all(
      files.map(async ({ parentPath, name }): Promise<[string, Buffer]> => {
        const path = `${parentPath}/${name}`;
        return [path.slice(directory.length + 1), await fs.promises.readFile(path)];
      }),
    ),
  );
}

/** Makes a directory and all it needs above, with these files below. */
export async function writeTree(fs: WandbFs, directory: string, files: Files): Promise<void> {
  await fs.promises.mkdir(directory, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const path = `${directory}/${name}`;
    await fs.promises.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
    await fs.promises.writeFile(path, content);
  }
}

/** What files are equal by: Jest compares buffers byte by byte, and takes seconds for megabytes. */
export const sumsOf = (files: Files): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [
      name,
      `${bytes.length} bytes, ${createHash('sha256').update(bytes).digest('hex')}`,
    ]),
  );
