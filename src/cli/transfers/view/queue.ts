import type { Output } from '../../output/output.js';

/** Lines in their order, for who can't wait for each. */
export class Queue {
  #tail: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  constructor(private readonly output: Output) {}

  line(text: string): void {
    this.write(`${text}\n`);
  }

  write(text: string): void {
    this.#tail = this.#tail.then(async () => {
      if (this.#failure !== null) return;
      try {
        await this.output.write(text);
      } catch (error) {
        this.#failure = error;
      }
    });
  }

  /** Rejects with what the first of them failed by. */
  async end(): Promise<void> {
    await this.#tail;
    if (this.#failure !== null) throw this.#failure;
  }
}
