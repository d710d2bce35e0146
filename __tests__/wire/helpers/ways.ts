import { Agent } from 'undici';
import type { WireDependencies } from '../../../src/wire/api/api.js';

/** Either way in which requests can be made. */
export const WAYS: readonly (readonly [string, () => WireDependencies])[] = [
  ['the own agent', () => ({})],
  ["a user's dispatcher", () => ({ dispatcher: new Agent() })],
  ["a user's fetch", () => ({ fetch: globalThis.fetch })],
];
