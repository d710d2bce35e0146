/** What is asked for ahead when so much of what was is still to come: several at once, for one request may bring several. */
const REST = 0.4;
/** Who may not want all there is gets so many first, and as he wants them so many times as many. */
const FIRST = 4;
const GROWTH = 4;

/** How many may be asked for before somebody comes to them. */
export class Room {
  #taken = 0;
  #reach: number;

  /** @param isSelective who is asked for may not want all there is */
  constructor(
    private readonly most: number,
    private readonly isSelective: boolean,
  ) {
    this.#reach = isSelective ? FIRST : most;
  }

  get isFull(): boolean {
    return this.#taken >= this.#most;
  }

  /** So few are left that it is time to ask for more. */
  get isLow(): boolean {
    return this.#taken <= this.#most * REST;
  }

  take(): void {
    this.#taken++;
  }

  release(): void {
    this.#taken--;
  }

  /** More is asked for than before, unless nothing is. */
  grow(): void {
    this.#reach = Math.min(this.most, this.#reach * GROWTH);
  }

  /** Something isn't wanted: nothing is asked for until something is. */
  skip(): void {
    if (this.isSelective) this.#reach = 0;
  }

  want(): void {
    this.#reach = Math.max(1, this.#reach);
  }

  get #most(): number {
    return Math.min(this.most, this.#reach);
  }
}
