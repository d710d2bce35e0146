/** By name: the build makes one file of it that has no part in what tests put in the place of Node's timers. */
export { default as PQueue } from 'p-queue';
