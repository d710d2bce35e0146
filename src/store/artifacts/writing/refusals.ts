import type { WireFailure } from '../../../wire/wire-failure.js';

/** Does the storage turn down the request itself? Then a new address may help: time may be over for the old one. */
export const isRefusal = ({ fault, status }: WireFailure): boolean =>
  fault === 'status' && status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429;

/** Does the storage say that the bytes aren't those that were announced? */
export const isDigestMismatch = ({ reason }: WireFailure): boolean => reason === 'digest';
