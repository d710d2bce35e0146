import type { ArtifactsConfig } from '../../../config/artifacts.js';
import type { Content } from '../../../contract/entry.js';
import { Failure } from '../../../contract/failure.js';
import { type Download, isOtherVersion } from '../../../wire/transfer/ranges.js';
import type { Transfers } from '../../../wire/transfer/transfer.js';
import { isWireFailure, WireFailure } from '../../../wire/wire-failure.js';
import { MOST_UNKNOWN_BYTES, wantedOf } from '../../common/content.js';
import { accessOf, refusalOf } from './policy.js';
import { changed, type ReferenceRead, shown } from './target.js';

/** What the SDK asks web servers for when it notes size and ETag, and when it reads (protocol section 6.5). */
const SDK_CODINGS = 'gzip, deflate';

/**
 * Reads what a web server has, by ranges. Where that isn't what the version recorded, it may be the compressed answer that
 * was: then it is asked for as the SDK does it, which comes whole.
 */
export async function readWeb(
  transfers: Transfers,
  references: ArtifactsConfig['references'],
  { uri, file, size, span, etag, signal }: ReferenceRead,
): Promise<Content> {
  const recorded = typeof file.extra.etag === 'string' ? file.extra.etag : null;
  const reach = (address: string): 'public' | 'anywhere' => {
    const access = accessOf(address, references);
    if (access?.kind === 'web') return access.isNamed ? 'anywhere' : 'public';
    const detail = `${shown(uri)} leads to ${shown(address)}. ${refusalOf(address, references)}`;
    throw new WireFailure('EACCES', detail, null, 'final');
  };
  const common = { signal, isApiAddress: false, reach };
  try {
    const { isWhole: _, ...wanted } = wantedOf(size, span);
    const got = await asRecorded(() =>
      transfers.download(uri, { ...common, ...wanted, isSizeAsSent: true, etag: etag ?? recorded }),
    );
    if (got) return { bytes: got.bytes, etag: got.tag, size: got.size };
    const all = { start: 0, end: null, limit: MOST_UNKNOWN_BYTES, codings: SDK_CODINGS };
    const coded = await transfers.download(uri, { ...common, ...all, etag: null });
    if (!isCodedAsRecorded(coded)) throw changed(uri, `ETag ${coded.etag}, ${coded.size} bytes, not ${size}`);
    return { bytes: coded.bytes.slice(span.start), etag, size: coded.size };
  } catch (error) {
    if (isWireFailure(error) && error.status === 404) {
      throw new Failure('EIO', `There is nothing (any more) at ${shown(uri)}.`, error.cause);
    }
    throw error;
  }

  async function asRecorded(download: () => Promise<Download>): Promise<Download | null> {
    try {
      const got = await download();
      const isOther = isOtherVersion(recorded, got.etag) || got.isOverlong;
      return isOther || (size !== null && got.size !== size) ? null : got;
    } catch (error) {
      if (isWireFailure(error) && error.status === 412) return null;
      throw error;
    }
  }

  function isCodedAsRecorded({ etag, codedSize, isOverlong }: Download): boolean {
    if (codedSize === null || isOverlong || isOtherVersion(recorded, etag)) return false;
    return !file.size || codedSize === file.size;
  }
}
