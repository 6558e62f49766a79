/** A real server that belongs to one test file. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** SIGKILL; resolves when it is gone. Its data stay for `restart()`. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the data it left. */
  restart(): Promise<void>;
  /** Ends it and removes its data. Safe to repeat. */
  stop(): Promise<void>;
}
