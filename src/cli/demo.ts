/** The guided tour on a local server. */
export async function runDemo(): Promise<void> {
  throw new Error('The demo is not part of this version.');
}
