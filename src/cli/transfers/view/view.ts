import type { MirrorProgress } from '../../../index.js';
import type { Session } from '../../session.js';
import { Bars } from './bars.js';
import { Events } from './events.js';
import { Lines } from './lines.js';

/** What somebody is shown of files that are copied. */
export interface View {
  readonly onProgress: (progress: MirrorProgress) => void;
  /** What came of one copy. */
  told(event: Told): Promise<void>;
  /** Nothing more comes; rejects with what the stream failed by. */
  end(): Promise<void>;
}

export interface Told {
  readonly from: string;
  readonly to: string;
  readonly files: number;
  readonly bytes: number;
  readonly removed: number;
  readonly same: number;
  /** What is there, and was not compared. */
  readonly kept?: number;
}

/** JSON on standard output where that is asked for; else on standard error, bars on a terminal and lines elsewhere. */
export function viewOf(session: Session, { json }: { readonly json?: boolean }): View {
  if (json) return new Events(session.out);
  if (session.isQuiet) return NOTHING;
  return session.err.canRedraw ? new Bars(session.err) : new Lines(session.err);
}

export const NOTHING: View = {
  onProgress: () => {},
  told: async () => {},
  end: async () => {},
};
