import { setTimeout as delay } from 'node:timers/promises';
import { LiveEvent } from '@periodic-backup/contracts';
import type { ApiClient } from './api-client.js';

const RECONNECT_MS = 1000;

/** Live events as they come, for as long as `signal` allows; reconnects. Events may be lost: never truth. */
export async function followLiveEvents(
  api: ApiClient,
  signal: AbortSignal,
  onEvent: (event: LiveEvent) => void,
  onConnected: () => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const stream = await api.events(signal);
      onConnected();
      for await (const text of eventData(stream)) {
        const event = LiveEvent.safeParse(parseJson(text));
        if (event.success) onEvent(event.data);
      }
    } catch {
      // The API is being restarted, or we stop.
    }
    await delay(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** The `data` of each event of a text/event-stream. */
export async function* eventData(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pending = '';
  let data: string[] = [];
  for await (const chunk of stream) {
    pending += decoder.decode(chunk, { stream: true });
    const lines = pending.split(/\r\n|\n|\r(?!$)/);
    pending = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
      else if (line === '' && data.length > 0) {
        yield data.join('\n');
        data = [];
      }
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
