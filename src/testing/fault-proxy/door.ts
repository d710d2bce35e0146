import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { baseUrl, listenAt } from '../server/http.js';
import { reset } from '../server/reset.js';

/** A listening socket that can be shut for a while, as one of a server that is down. */
export class Door {
  private readonly sockets = new Set<Socket>();
  private opening: NodeJS.Timeout | null = null;
  private isClosed = false;

  private constructor(
    private readonly server: Server,
    private readonly host: string,
    private readonly port: number,
  ) {
    server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  static async open(host: string, onRequest: RequestListener): Promise<Door> {
    const server = createServer({ requestTimeout: 0, headersTimeout: 0 }, onRequest);
    return new Door(server, host, await listenAt(server, host, 0));
  }

  get url(): string {
    return baseUrl(this.host, this.port);
  }

  get connections(): number {
    return this.sockets.size;
  }

  /** Resets all connections and refuses new ones for so many milliseconds. */
  shut(ms: number): void {
    if (this.opening || this.isClosed) return;
    this.server.close();
    this.resetAll();
    this.opening = setTimeout(() => this.reopen(), ms);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    if (this.opening) clearTimeout(this.opening);
    if (!this.server.listening) return this.resetAll();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.resetAll();
    });
  }

  private reopen(): void {
    this.opening = null;
    // Rejects where somebody else took the port meanwhile: then nothing that is tested here means anything any more.
    if (!this.isClosed) void listenAt(this.server, this.host, this.port);
  }

  private resetAll(): void {
    for (const socket of this.sockets) reset(socket);
  }
}
