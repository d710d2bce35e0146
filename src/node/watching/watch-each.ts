import type { FileChangeInfo } from 'node:fs/promises';
import { abortError } from '../arguments/errors.js';
import { refusal } from '../arguments/refusals.js';
import { placeOf, type Tree } from '../tree.js';
import { asIteratorSettings } from './options.js';
import { startWatch } from './watch.js';

/**
 * `promises.watch(filename[, options])`: the events since the first step, as `for await` takes them. Ends with the tree;
 * fails with an AbortError by its signal, and with ERR_FS_WATCH_QUEUE_OVERFLOW where `overflow` asks for it.
 */
export async function* watchEach(
  tree: Tree,
  filename: unknown,
  options?: unknown,
): AsyncGenerator<FileChangeInfo<string | Buffer>, void, undefined> {
  const place = placeOf(tree, filename);
  const settings = asIteratorSettings(options);
  const { mostQueued, isOverflowError, signal } = settings;
  if (signal?.aborted) throw abortError(signal);

  const queue: FileChangeInfo<string | Buffer>[] = [];
  const failures: unknown[] = [];
  let isEnded = false;
  let wake = (): void => {};
  const watch = startWatch(tree, place, settings, {
    event: ({ eventType, filename: name }) => {
      if (queue.length < mostQueued) queue.push({ eventType, filename: settings.encoded(name) });
      else if (isOverflowError) {
        queue.length = 0;
        failures.push(overflow(mostQueued));
      } else process.emitWarning('fs.watch maxQueue exceeded');
      wake();
    },
    failed: (error) => {
      failures.push(error);
      wake();
    },
    ended: () => {
      isEnded = true;
      wake();
    },
  });
  const abort = (): void => wake();
  signal?.addEventListener('abort', abort, { once: true });
  /** What the next event, or the end, resolves. */
  const more = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });
  try {
    for (;;) {
      if (failures.length > 0) throw failures[0];
      const event = queue.shift();
      if (event !== undefined) {
        yield event;
        continue;
      }
      if (signal?.aborted) throw abortError(signal);
      if (isEnded) return;
      await more();
    }
  } finally {
    watch.stop();
    signal?.removeEventListener('abort', abort);
  }
}

const overflow = (length: number): Error =>
  refusal(Error, 'ERR_FS_WATCH_QUEUE_OVERFLOW', `fs.watch() queued more than ${length} events`);
