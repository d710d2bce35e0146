import type { FileFacts } from '../../../contract/knowledge/facts.js';
import type { WandbControl } from '../control.js';

/** What a tree has for who compares it with another filesystem, and copies into or out of it. */
export interface TreeEnd {
  readonly wandb: WandbControl;
  /** What is written goes into drafts, and is sent when those are committed. */
  readonly hasDrafts: boolean;
  /** What listings tell of a file, without a request for each. */
  listed(path: string): Promise<FileFacts>;
}
