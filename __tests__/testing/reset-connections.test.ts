import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { reset } from '../../src/testing/server/reset.js';

/** Both ends of a connection. */
async function connection(): Promise<readonly [server: Socket, client: Socket]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  server.close();
  return [socket, client];
}

/** Its error's code, and that it was closed. */
const endOf = (socket: Socket): Promise<string | null> =>
  new Promise((resolve) => {
    let code: string | null = null;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      code = error.code ?? error.message;
    });
    socket.once('close', () => resolve(code));
    socket.resume();
  });

test.each([
  ['nobody has ended', () => undefined],
  ['still has much to send', (socket: Socket) => void socket.end('x'.repeat(20_000_000))],
])('a connection that %s is reset', async (_, before) => {
  const [socket, client] = await connection();
  const seen = [endOf(socket), endOf(client)];
  before(socket);
  reset(socket);
  expect(await Promise.all(seen)).toEqual([null, 'ECONNRESET']);
});

test('one whose end is on its way is closed, and doesn’t keep its thread for ever', async () => {
  const [socket, client] = await connection();
  const seen = [endOf(socket), endOf(client)];
  socket.end();
  // The stream hands its end over a turn later; the system tells of it in the next one.
  await new Promise<void>((resolve) => process.nextTick(() => process.nextTick(resolve)));
  reset(socket);
  expect(await Promise.all(seen)).toEqual([null, null]);
});
