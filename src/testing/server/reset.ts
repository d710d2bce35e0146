import type { Socket } from 'node:net';

/**
 * Ends a connection by a reset. Where its own end is on its way to the system already, by a plain one: libuv refuses to reset it
 * then, but Node (20 to 26) takes it for closed from there on and never closes it, so that the thread it is in never ends.
 */
export function reset(socket: Socket): void {
  const isEnding = socket.writableEnded && socket.writableLength === 0 && !socket.writableFinished;
  if (isEnding) socket.destroy();
  else socket.resetAndDestroy();
}
