import type { MirrorProgress } from '../../../index.js';
import { escaped } from '../../output/names.js';
import type { Output } from '../../output/output.js';
import { humanSize } from '../../output/sizes.js';
import { Queue } from './queue.js';
import { summaryOf } from './summary.js';
import type { Told, View } from './view.js';

/** A line a file, when it is through, and one for all of them. */
export class Lines implements View {
  readonly #queue: Queue;

  constructor(err: Output) {
    this.#queue = new Queue(err);
  }

  readonly onProgress = ({ transfer }: MirrorProgress): void => {
    if (transfer?.isDone) this.#queue.line(`${escaped(transfer.name)} (${humanSize(transfer.size)})`);
  };

  async told(told: Told): Promise<void> {
    this.#queue.line(`${escaped(told.from)} -> ${escaped(told.to)}: ${summaryOf(told)}`);
  }

  end(): Promise<void> {
    return this.#queue.end();
  }
}
