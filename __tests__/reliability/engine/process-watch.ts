import type { Worker } from 'node:worker_threads';

/** What happens to the process as a whole, and to no program in particular. */
export class ProcessWatch {
  readonly rejections: string[] = [];
  readonly deaths: string[] = [];
  readonly warnings: string[] = [];

  constructor() {
    const told = (error: unknown): string => (error instanceof Error ? String(error.stack) : String(error));
    process.on('unhandledRejection', (reason) => this.rejections.push(told(reason)));
    process.on('uncaughtException', (error) => this.rejections.push(told(error)));
    process.on('warning', (warning) => this.warnings.push(`${warning.name}: ${warning.message}`));
    process.on('worker', (worker: Worker) => {
      worker.on('error', (error) => this.deaths.push(told(error)));
    });
  }
}
