import {
  FAULTS,
  type FaultEvent,
  REQUESTS,
  type RequestEvent,
  UPLOADS,
  type UploadEvent,
} from '../../contract/channels.js';
import type { KernelEvent, Method } from '../../contract/remote.js';
import type { TreePath } from '../../contract/tree-path.js';

/** What a message asks for; all others change something, or ask a question. */
const MISSING: Partial<Record<Method, FaultEvent['missing']>> = {
  lookup: 'name',
  list: 'listing',
  page: 'listing',
  read: 'content',
  readNewest: 'content',
};

/**
 * Publishes what happens on the channels of `node:diagnostics_channel`, for who listens, at once: a program that only makes
 * sync calls has no other turn. What a listener throws Node throws in a turn of its own.
 *
 * @param show a path as callers see it
 */
export function publish(event: KernelEvent, show: (path: TreePath) => string): void {
  if (event.type === 'request') {
    REQUESTS.publish(event.request satisfies RequestEvent);
  } else if (event.type === 'waited') {
    const { path, milliseconds, isBlocking, failure } = event;
    const fault: FaultEvent = {
      missing: MISSING[event.method] ?? 'outcome',
      path: path === null ? null : show(path),
      duration: milliseconds,
      isBlocking,
      error: failure?.code ?? null,
    };
    FAULTS.publish(fault);
  } else if (UPLOADS.hasSubscribers) {
    const upload = uploadOf(event, show);
    if (upload) UPLOADS.publish(upload);
  }
}

function uploadOf(event: KernelEvent, show: (path: TreePath) => string): UploadEvent | null {
  const of = (path: TreePath) => ({ path: show(path), bytes: null, size: null, error: null });
  switch (event.type) {
    case 'queued':
      return { ...of(event.path), state: 'queued', bytes: 0, size: event.size };
    case 'progress':
      return { ...of(event.path), state: 'sending', bytes: event.sent, size: event.size };
    case 'uploaded':
      return { ...of(event.path), state: 'durable', bytes: event.entry.size, size: event.entry.size };
    case 'committed':
      return { ...of(event.path), state: 'durable', bytes: event.size, size: event.size };
    case 'failed':
    case 'uncommitted':
      return { ...of(event.path), state: 'failed', error: event.failure.code };
    case 'dropped':
      return { ...of(event.path), state: 'dropped' };
    default:
      return null;
  }
}
