import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where a process tells that all it has written is acknowledged; it isn't answered before that was dealt with. */
export interface Control {
  readonly url: string;
  close(): void;
}

export async function startControl(onWritten: () => Promise<void>): Promise<Control> {
  const server = createServer((_, response) => {
    onWritten().then(
      () => response.writeHead(200, { connection: 'close' }).end(),
      (error: unknown) => response.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
