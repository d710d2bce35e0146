import { parentPort, workerData } from 'node:worker_threads';

/** Hears what the owner of each of this thread's tasks is asked. */
export function onRequests(listen) {
  const hear = ({ port }) => port.on('message', listen);
  hear(workerData.task);
  parentPort.on('message', hear);
}
