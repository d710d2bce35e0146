import type { Logger } from './options.js';

/** The user's logger as it is called: what it throws, or rejects with later, is told and harms nothing else. */
export function harmless(logger: Logger): Logger {
  let isTold = false;
  const tell = (error: unknown): void => {
    if (isTold) return;
    isTold = true;
    process.emitWarning(`The option \`logger\` failed: ${String(error)}`, 'WandbFsWarning');
  };
  const call = (name: keyof Logger, message: string): void => {
    try {
      const result: unknown = logger[name]?.(message);
      // By its shape: a promise may be of another realm.
      if (typeof result === 'object' && result !== null && 'then' in result)
        Promise.resolve(result).catch(tell);
    } catch (error) {
      tell(error);
    }
  };
  const warn = logger.warn ? 'warn' : logger.debug && 'debug';
  return {
    ...(warn && { warn: (message: string) => call(warn, message) }),
    ...(logger.debug && { debug: (message: string) => call('debug', message) }),
  };
}
