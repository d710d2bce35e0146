/** A small generator of its own (mulberry32), so that one number replays a program. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = Math.imul(seed, 0x9e3779b1) >>> 0;
  }

  /** In [0, 1). */
  unit(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer in [0, count). */
  below(count: number): number {
    return Math.floor(this.unit() * count);
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)];
    if (choice === undefined) throw new Error('There is nothing to choose from.');
    return choice;
  }

  /** One of several by their weights. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries(weights) as [T, number][];
    let left = this.unit() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [choice, weight] of entries) {
      left -= weight;
      if (left < 0) return choice;
    }
    return this.pick(entries)[0];
  }
}

/** Beyond so many of a content's bytes its pieces are longer: it is the number of pieces that costs time. */
const FINE = 1024;
const LONG_PIECE = 64;

/** Text of which every piece tells where it comes from and where it belongs: no mixture of two is a third. */
export function contentOf(id: string, size: number): string {
  let text = '';
  // In place of `padEnd`, which makes it anew for each piece.
  const padding = id.repeat(LONG_PIECE);
  for (let at = 0; text.length < size; at++) {
    const piece = `${id}.${at.toString(36)};`;
    text += piece;
    if (text.length - piece.length >= FINE) text += padding.slice(0, Math.max(0, LONG_PIECE - piece.length));
  }
  return text.slice(0, Math.max(size, id.length + 1));
}
