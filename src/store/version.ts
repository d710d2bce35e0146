/**
 * Names the content of a file for `Entry.version`: equal versions mean equal bytes. Where the server tells the MD5 that
 * is all (rewriting a file with the same bytes changes `updatedAt` alone); else its size and time must do.
 *
 * @param row.updatedAt as the server tells it
 */
export const contentVersion = (row: {
  readonly md5: string | null;
  readonly size: number | null;
  readonly updatedAt: string;
}): string => (row.md5 === null ? `row:${row.size ?? ''}:${row.updatedAt}` : `md5:${row.md5}`);
