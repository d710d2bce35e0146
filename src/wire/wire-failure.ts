import { type ErrnoCode, Failure } from '../contract/failure.js';

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

/** A failed exchange. Above this layer it is a `Failure` like all others. */
export class WireFailure extends Failure {
  constructor(
    code: ErrnoCode,
    detail: string | null,
    cause: string | null,
    readonly fault: WireFault,
    readonly status: number | null = null,
    /** How long the server asks to wait, in milliseconds. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(code, detail, cause);
  }
}

export const isWireFailure = (value: unknown): value is WireFailure => value instanceof WireFailure;

export const cancelled = (): WireFailure => new WireFailure('ECANCELED', null, null, 'final');
