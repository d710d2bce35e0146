import { Failure } from '../../contract/failure.js';
import type { OpenSource } from '../../contract/uploads.js';
import { disk } from '../../platform/disk.js';
import { isDeno } from '../../platform/realm.js';
import type { Outbox } from '../outbox.js';
import type { Answer, Opened } from '../protocol.js';

const { closeSync, openSync } = disk;

/** What the kernel's thread has of content, as the owner's asks for it. */
export class ThreadContents {
  private readonly opening = new Map<number, (content: Opened) => void>();
  private opened = 0;
  /** Of what is open here by a number of its own: by its id, as often as it was opened. */
  private readonly ownFds = new Map<number, number[]>();

  constructor(private readonly post: Outbox<Answer>['post']) {}

  async open(id: number): Promise<OpenSource> {
    const content = await new Promise<Opened>((resolve) => {
      const serial = ++this.opened;
      this.opening.set(serial, resolve);
      this.post({ type: 'open', opening: serial, id });
    });
    if (!content.ok) throw content.failure;
    const { source } = content;
    if (source.kind !== 'file' || !isDeno) return source;
    try {
      const fd = openSync(`/dev/fd/${source.fd}`, 'r');
      this.ownFds.set(id, [...(this.ownFds.get(id) ?? []), fd]);
      return { ...source, fd };
    } catch (thrown) {
      this.post({ type: 'close', id });
      throw new Failure('EIO', "This thread can't open the content to upload.", String(thrown));
    }
  }

  close(id: number): void {
    const fds = this.ownFds.get(id);
    const fd = fds?.pop();
    if (fds?.length === 0) this.ownFds.delete(id);
    if (fd !== undefined) closeSync(fd);
    this.post({ type: 'close', id });
  }

  /** An answer to `open`. */
  receive(serial: number, content: Opened): void {
    this.opening.get(serial)?.(content);
    this.opening.delete(serial);
  }
}
