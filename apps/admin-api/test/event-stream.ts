import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { until } from '@periodic-backup/testing';

export interface StreamEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data?: unknown;
  readonly retry?: string;
}

/** A client of Server-Sent Events that keeps what it was sent. */
export class EventStream {
  readonly events: StreamEvent[] = [];
  receivedBytes = 0;
  ended = false;
  #rest = '';
  #opened = false;

  private constructor(
    readonly response: IncomingMessage,
    private readonly call: ClientRequest,
  ) {
    response.on('data', (chunk: Buffer) => this.#read(chunk.toString()));
    response.on('close', () => (this.ended = true));
    response.on('error', () => (this.ended = true));
  }

  /** Open once this resolves: the first bytes have come. */
  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const stream = await new Promise<EventStream>((resolve, reject) => {
      const call = request(url, { agent: false, headers }, (response) =>
        resolve(new EventStream(response, call)),
      );
      call.on('error', reject);
      call.end();
    });
    await until(() => stream.#opened, { what: 'the stream to open' });
    return stream;
  }

  ofType(type: string): StreamEvent[] {
    return this.events.filter(({ event }) => event === type);
  }

  close(): void {
    this.call.destroy();
  }

  #read(text: string): void {
    this.receivedBytes += text.length;
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop()!;
    for (const block of blocks) {
      if (block.includes(': connected')) this.#opened = true;
      const fields = block.split('\n').flatMap((line) => {
        const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
        return name === undefined ? [] : [[name, name === 'data' ? (JSON.parse(value!) as unknown) : value]];
      });
      if (fields.length > 0) this.events.push(Object.fromEntries(fields) as StreamEvent);
    }
  }
}
