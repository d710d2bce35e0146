import { type ErrnoCode, Failure, isMarked } from '../contract/failure.js';

/** What went wrong on the wire, as far as retries and batch sizes depend on it. */
export type WireFault =
  /** No answer came: refused, reset, no such host. */
  | 'unreachable'
  | 'broken'
  /** It was unreachable for so long that nobody waits for it any more, or asks it at all. */
  | 'down'
  | 'timeout'
  /** An HTTP status that isn't success. */
  | 'status'
  /** HTTP 200 with `errors`. */
  | 'graphql'
  /** HTTP 200 without data, or with a gap in it. */
  | 'empty'
  /** The storage took other bytes than were sent. */
  | 'corrupt'
  /** TLS can't be agreed on, or the other side isn't who it should be. */
  | 'insecure'
  /** Something else answered than the W&B API. */
  | 'protocol'
  /** The caller gave up, the credentials are missing: nobody tries again. */
  | 'final';

/** What the other side says of its refusal beyond a status; `errors.ts` knows by which words. */
export type Reason =
  /** The server's schema doesn't have what the document asks for. */
  | 'schema'
  /** The name of something that was deleted stays taken. */
  | 'deleted name'
  /** Only administrators change this alias. */
  | 'protected alias'
  /** The bytes aren't those that were announced to the storage. */
  | 'digest';

/** What an answer adds to a failure. */
export interface Refused {
  readonly status?: number | null;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | null;
  readonly reason?: Reason | null;
}

const WIRE_FAILURE = Symbol.for('wandb-fs.wireFailure.1');

/** A failed exchange. Above this layer it is a `Failure` like all others. */
export class WireFailure extends Failure {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return isMarked(value, WIRE_FAILURE);
  }

  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly reason: Reason | null;

  constructor(
    code: ErrnoCode,
    detail: string | null,
    cause: string | null,
    readonly fault: WireFault,
    { status = null, retryAfterMs = null, reason = null }: Refused = {},
  ) {
    super(code, detail, cause);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.reason = reason;
  }

  get [WIRE_FAILURE](): true {
    return true;
  }
}

export const isWireFailure = (value: unknown): value is WireFailure => value instanceof WireFailure;

export const cancelled = (): WireFailure => new WireFailure('ECANCELED', null, null, 'final');

/** Nobody waits any longer for what may still come. */
export const timedOut = (detail: string, cause: string): WireFailure =>
  new WireFailure('ETIMEDOUT', detail, cause, 'timeout');

/** An exchange that ended before its end, or not as it began. */
export const broken = (detail: string, cause: string | null = null): WireFailure =>
  new WireFailure('EIO', detail, cause, 'broken');

/** An answer that isn't what was agreed on. */
export const notAgreed = (detail: string, cause: string | null = null): WireFailure =>
  new WireFailure('EPROTO', detail, cause, 'protocol');
