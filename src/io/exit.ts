import { writeSync } from 'node:fs';
import type { TreePath } from '../store/contract.js';

/** What a remote does when its process ends. */
export interface Departure {
  /** The event loop has nothing left to do: sends what waits, if anything does. */
  readonly begin: () => void;
  /** The process exits, nothing runs any more: sends what it can, synchronously, and returns the paths that are left. */
  readonly end: () => readonly TreePath[];
}

const departures = new Set<Departure>();
const STDERR = 2;
const MOST_NAMED = 5;

/**
 * Takes care of content that was acknowledged and isn't durable when the process ends. `process.exit`, and an exception
 * that nobody catches, don't return to the event loop.
 *
 * @returns ends that care
 */
export function onDeparture(departure: Departure): () => void {
  if (departures.size === 0) {
    process.on('beforeExit', begin);
    process.on('exit', end);
  }
  departures.add(departure);
  return () => {
    if (!departures.delete(departure) || departures.size > 0) return;
    process.off('beforeExit', begin);
    process.off('exit', end);
  };
}

function begin(): void {
  for (const departure of departures) departure.begin();
}

function end(): void {
  const left = [...departures].flatMap((departure) => departure.end());
  if (left.length === 0) return;
  const named = left.slice(0, MOST_NAMED).join(', ');
  const more = left.length > MOST_NAMED ? ` and ${left.length - MOST_NAMED} more` : '';
  // The process doesn't wait for its own streams.
  writeSync(STDERR, `wandb-fs: not uploaded: ${named}${more}\n`);
}
