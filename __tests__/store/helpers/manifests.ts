import { Failure } from '../../../src/contract/failure.js';
import { parseManifest } from '../../../src/store/artifacts/manifest/format.js';

/** An entry of a stored file. */
export const FILE = { digest: 'XUFAKrxLKna5cZ2REBfFkg==', size: 5, birthArtifactID: 'QXJ0aWZhY3Q6MTA0' };

export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
export const manifestOf = (contents: Readonly<Record<string, unknown>>, others: object = {}): Uint8Array =>
  bytesOf(JSON.stringify({ version: 1, storagePolicy: 'wandb-storage-policy-v1', contents, ...others }));
export const parse = (contents: Readonly<Record<string, unknown>>, others: object = {}) =>
  parseManifest(manifestOf(contents, others));
/** What a manifest is refused with. */
export const refusalOf = (text: Uint8Array): Failure => {
  try {
    parseManifest(text);
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  throw new Error('it was read');
};

/** Names that would leave the directory that a version is written to, or are none. */
export const UNSAFE = [
  '../x',
  '..',
  'a/../../x',
  'a/..',
  '/etc/passwd',
  '\\x',
  '\\\\server\\share',
  'C:\\x',
  'c:x',
  'a\\..\\b',
  '..\\x',
  'a/b\\..\\c',
  '',
  '.',
  './',
  '//',
];
