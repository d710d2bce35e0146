/** Where in the counter of a thread its heart beats, and how often. In a file of its own: the thread needs it first. */
export const BEAT = 1;
export const BEAT_MS = 100;
