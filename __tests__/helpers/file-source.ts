import { closeSync, openSync } from 'node:fs';

const open: number[] = [];

afterEach(() => {
  for (const fd of open.splice(0)) closeSync(fd);
});

/** The first `size` bytes of a file as content to be sent; it stays open until the test has ended. */
export function fileSource(path: string, size: number) {
  const fd = openSync(path, 'r');
  open.push(fd);
  return { kind: 'file', fd, size } as const;
}
