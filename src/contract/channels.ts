import { channel } from 'node:diagnostics_channel';
import type { RequestKind } from './counters.js';

/** An event of the channel `wandb-fs:request`: one HTTP exchange has ended. Each attempt and each redirect is one. */
export interface RequestEvent {
  /** GraphQL by what it does, all else by its method. */
  readonly kind: RequestKind;
  /** The name of the GraphQL document; null for anything else. */
  readonly operation: string | null;
  /** Without user, password and query, which may be keys and signatures. */
  readonly url: string;
  /** Of HTTP; null: there was no answer. */
  readonly status: number | null;
  /** Of the bodies, as they went over the network. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
  /** Milliseconds from its start to the last byte of its answer, or to its failure. */
  readonly duration: number;
  /** 1, and one more each time that the same call was made again. */
  readonly attempt: number;
  /**
   * Why there was no whole answer, such as 'ECONNRESET'; 'ECANCELED' where it was given up here, for its caller left or
   * its time was over. Null: there was one, whatever its status.
   */
  readonly error: string | null;
}

/** An event of the channel `wandb-fs:fault`: a call has waited for W&B. Calls that find everything here make none. */
export interface FaultEvent {
  /**
   * What it lacked: whether there is such a `name`, a directory's `listing`, a file's `content`; or the `outcome` of a change,
   * a flush or a question.
   */
  readonly missing: 'name' | 'listing' | 'content' | 'outcome';
  /** Of what, as the fs object shows it; null: of nothing single. */
  readonly path: string | null;
  /** Milliseconds. */
  readonly duration: number;
  /** A sync call: its thread stood still, and the event is published below that call, whose stack tells who made it. */
  readonly isBlocking: boolean;
  /** The code of what came instead, such as 'EACCES' or 'ETIMEDOUT'; null: it came. */
  readonly error: string | null;
}

/** An event of the channel `wandb-fs:upload`: of a file's way to W&B, by its write-back or by a commit. */
export interface UploadEvent {
  /** As the fs object shows it; of a commit that failed the draft's. */
  readonly path: string;
  /**
   * `queued`: closed, and to be sent; `sending`: now and then, while its bytes go; `durable`: others can see it; `failed`:
   * it is kept and tried again (of a commit by whoever commits); `dropped`: newer content, a removal or a rename came first.
   */
  readonly state: 'queued' | 'sending' | 'durable' | 'failed' | 'dropped';
  /** Sent so far; null: nobody knows. */
  readonly bytes: number | null;
  /** Bytes of the content; null: they aren't told with this state. */
  readonly size: number | null;
  /** Why it `failed`, such as 'EACCES'; null in all other states. */
  readonly error: string | null;
}

/**
 * What this process may listen to. Whoever publishes looks first whether anybody does: else an event isn't even made. They
 * are Node's own, by name, so all copies of this package in a process have the same.
 */
export const REQUESTS = channel('wandb-fs:request');
export const FAULTS = channel('wandb-fs:fault');
export const UPLOADS = channel('wandb-fs:upload');
