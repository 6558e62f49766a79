import { MemorySink } from './memory-sink.js';
import { RecordedClient, TestReceiver } from './recorded-client.js';
import { directoryOf, entryOf } from './samples.js';

/** A receiver to which an eager client has sent a directory and the files `f` and `g`. */
export function receiving(): { client: RecordedClient; receiver: TestReceiver; flush: () => void } {
  const client = RecordedClient.welcomed();
  client.take();
  client.entries(directoryOf(''), entryOf('f'), entryOf('g'));
  const receiver = TestReceiver.greeted(new MemorySink({ eager: true }));
  const flush = () => receiver.receive(client.take());
  flush();
  return { client, receiver, flush };
}
