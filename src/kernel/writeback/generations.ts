import type { Failure } from '../../contract/failure.js';

/** The generation that content has which an earlier process left. */
const FIRST = 1;

/**
 * How far the content of an inode that was changed here has come. Generations are counted in changes: `newest` grows with
 * each, and neither of the others is ever above it. The content is dirty until the newest one is durable.
 */
export class Generations {
  newest = 0;
  /** The newest one that was handed to the upload queue. */
  submitted = 0;
  /** The newest one that is durable on the server. */
  durable = 0;
  /** Why the newest one isn't durable, if its upload failed for good. */
  failure: Failure | null = null;

  get isDirty(): boolean {
    return this.newest > this.durable;
  }

  /** The newest one isn't on its way. */
  get isUnsubmitted(): boolean {
    return this.submitted !== this.newest || this.failure !== null;
  }

  change(): void {
    this.newest++;
    this.failure = null;
  }

  /** The journal has it from an earlier process, which may have sent it or not. */
  takeUp(): void {
    this.newest = FIRST;
  }

  get isFirst(): boolean {
    return this.newest === FIRST;
  }

  submit(): void {
    this.submitted = this.newest;
    this.failure = null;
  }

  /** What was submitted went to another name: it doesn't count. */
  unsubmit(): void {
    this.submitted = 0;
  }

  fail(generation: number, failure: Failure): void {
    if (this.newest === generation) this.failure = failure;
  }

  settle(generation: number): void {
    this.durable = Math.max(this.durable, generation);
    this.failure = null;
  }
}
