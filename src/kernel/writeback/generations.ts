import type { Failure } from '../../contract/failure.js';

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
  /** The newest one was left by a process that has ended: the server may have it already. */
  isDoubtful = false;

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
    this.isDoubtful = false;
  }

  /** The journal has it from an earlier process. */
  takeUp(): void {
    this.newest = 1;
    this.isDoubtful = true;
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
