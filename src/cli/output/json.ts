import type { Output } from './output.js';

/** One JSON document. */
export const document = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/**
 * A list as one JSON document, written as it comes, an item a line: who reads all of it parses it at once, who reads lines
 * takes a comma from the end of each. One that was broken off has no end, and is no JSON.
 */
export class JsonList {
  readonly #out: Output;
  #count = 0;

  constructor(out: Output) {
    this.#out = out;
  }

  async add(item: unknown): Promise<void> {
    await this.#out.write(`${this.#count++ === 0 ? '[\n' : ',\n'}${JSON.stringify(item)}`);
  }

  async end(): Promise<void> {
    await this.#out.write(this.#count === 0 ? '[]\n' : '\n]\n');
  }
}
