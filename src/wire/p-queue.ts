/** By name: the build gives it Node's own timers (`platform/time.ts`), whatever tests put in their place. */
export { default as PQueue } from 'p-queue';
