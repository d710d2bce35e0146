import { Agent } from 'undici';
import type { WireDependencies } from '../../../src/wire/api/api.js';

/** What can make the requests. */
export const REQUEST_MAKERS: readonly (readonly [string, () => WireDependencies])[] = [
  ['the own agent', () => ({})],
  ["a user's dispatcher", () => ({ dispatcher: new Agent() })],
  ["a user's fetch", () => ({ fetch: globalThis.fetch })],
];
