import type { AddressInfo } from 'node:net';
import { until } from '@periodic-backup/testing';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface TakenMail {
  readonly to: string[];
  readonly from: string;
  readonly source: string;
  readonly user: string | undefined;
  readonly encrypted: boolean;
}

/** A mail server that keeps what it is sent. Who says a user must say the password `correct horse`. */
export class TestSmtpServer {
  readonly mails: TakenMail[] = [];
  readonly passwords: string[] = [];

  private constructor(private readonly server: SMTPServer) {}

  static async start(options: SMTPServerOptions = {}): Promise<TestSmtpServer> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: options.key === undefined ? ['STARTTLS'] : [],
      onAuth: ({ username, password }, _session, callback) => {
        self.passwords.push(password ?? '');
        if (password === 'correct horse') callback(null, { user: username ?? '' });
        else callback(new Error(`No entry for "${password}"`));
      },
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          self.mails.push({
            to: rcptTo.map(({ address }) => address),
            from: mailFrom === false ? '' : mailFrom.address,
            source: Buffer.concat(chunks).toString(),
            user: session.user,
            encrypted: session.secure,
          });
          callback();
        });
      },
      ...options,
    });
    const self = new TestSmtpServer(server);
    // Clients that hang up in the middle are part of the tests.
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return self;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  /** The first mail. */
  mail(): Promise<TakenMail> {
    return until(() => this.mails[0], { what: 'a mail' });
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.server.close(resolve));
  }
}
