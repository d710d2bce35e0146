import type { MirrorProgress } from '../../../index.js';
import type { Output } from '../../output/output.js';
import { Queue } from './queue.js';
import type { Told, View } from './view.js';

/** One JSON object a line: what begins, each file that is through, what came of it. */
export class Events implements View {
  readonly #queue: Queue;
  #isBegun = false;

  constructor(out: Output) {
    this.#queue = new Queue(out);
  }

  readonly onProgress = ({ transfer, files, filesTotal, bytesTotal }: MirrorProgress): void => {
    if (transfer === null) {
      if (!this.#isBegun) this.#add({ event: 'begin', files: filesTotal, bytes: bytesTotal });
      this.#isBegun = true;
    } else if (transfer.isDone) {
      const { name, size } = transfer;
      this.#add({ event: 'file', name, bytes: size, files, filesTotal, bytesTotal });
    }
  };

  async told(told: Told): Promise<void> {
    this.#isBegun = false;
    this.#add({ event: 'done', ...told });
  }

  end(): Promise<void> {
    return this.#queue.end();
  }

  #add(event: object): void {
    this.#queue.line(JSON.stringify(event));
  }
}
