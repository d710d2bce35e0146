import * as attributes from '../composites/attributes.js';
import { copyFile } from '../composites/copy-file.js';
import { cp } from '../composites/cp.js';
import { mkdir } from '../composites/directories.js';
import * as descriptors from '../composites/files/descriptors.js';
import { glob } from '../composites/glob.js';
import { opendir, readdir } from '../composites/listing.js';
import * as names from '../composites/names.js';
import { rmdir, unlink } from '../composites/remove.js';
import { statfs } from '../composites/stat.js';
import { mkdtemp } from '../composites/temporary.js';
import type { Call, CallbackShape } from './face.js';

/** A call that is the same in every style. */
export interface Everywhere extends CallbackShape {
  readonly call: Call<unknown>;
}

/** Keeps the names, which the types of the faces are made of. */
const table = <Name extends string>(calls: Readonly<Record<Name, Everywhere>>) => calls;

const withOption = { optional: 1 };
const last = { isCheckedLast: true };
const lastWithOption = { ...last, ...withOption };

/** What all three faces have; they add what differs between them. */
export const CALLS = table({
  access: { call: attributes.access, at: 2, ...lastWithOption },
  chmod: { call: attributes.chmod, at: 2, ...last },
  chown: { call: attributes.chown, at: 3 },
  copyFile: { call: copyFile, at: 3, ...lastWithOption },
  cp: { call: cp, at: 3, ...withOption },
  lchmod: { call: attributes.lchmod, at: 2 },
  lchown: { call: attributes.lchown, at: 3 },
  link: { call: names.link, at: 2 },
  lutimes: { call: attributes.lutimes, at: 3 },
  mkdir: { call: mkdir, at: 2, ...withOption },
  mkdtemp: { call: mkdtemp, at: 2, ...withOption },
  opendir: { call: opendir, at: 2, ...withOption, callbackName: 'callback' },
  readlink: { call: names.readlink, at: 2, ...withOption },
  rename: { call: names.rename, at: 2 },
  rmdir: { call: rmdir, at: 2, ...withOption },
  statfs: { call: statfs, at: 2, ...withOption },
  symlink: { call: names.symlink, at: 3, ...withOption, misplaced: (args) => args.at(-1) },
  unlink: { call: unlink, at: 1 },
  utimes: { call: attributes.utimes, at: 3 },
});

/** What `fs.promises` has in another form, or on handles only. */
export const CALLS_BUT_OF_PROMISES = table({
  fchmod: { call: attributes.fchmod, at: 2, ...last },
  fchown: { call: attributes.fchown, at: 3, ...last },
  fdatasync: { call: descriptors.fdatasync, at: 1 },
  fsync: { call: descriptors.fsync, at: 1 },
  ftruncate: { call: descriptors.ftruncate, at: 2, ...lastWithOption },
  futimes: { call: attributes.futimes, at: 3, ...last },
  glob: { call: glob, at: 2, ...withOption },
  open: {
    call: descriptors.open,
    at: 3,
    optional: 2,
    isLast: true,
    misplaced: (args) => (args.length < 3 ? args[1] : args[3]),
    isCheckedLast: true,
  },
  readdir: { call: readdir, at: 2, ...withOption },
});
