import { createPublicKey } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { isIP, type AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CredentialsRequest, JoinRequest } from '@periodic-backup/contracts';
import type { Logger } from '@periodic-backup/platform';
import { isDueForRenewal, newPrivateKey } from '@periodic-backup/trust';
import type { AdminApiConfig } from '../config.js';
import { LOGGER } from '../connections/tokens.js';
import { PROBLEM_TYPE, ProblemError, toProblem } from '../http/problem.js';
import { Admission } from './admission.js';
import { FleetAuthority } from './fleet-authority.js';
import { ADMIN_API_CONFIG } from './invitation-desk.js';

const MAX_BODY_BYTES = 64 * 1024;
const MAX_CONNECTIONS = 256;
const LOOK_AT_CERTIFICATE_MS = 3_600_000;

/**
 * Where machines join and members ask for new certificates: a port of its own, with a certificate of the built-in
 * authority, whatever stands before the REST API. Whoever may do something here says so in the request.
 */
@Injectable()
export class FleetServer implements OnApplicationBootstrap, OnApplicationShutdown {
  #server: Server | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #key = newPrivateKey();

  constructor(
    @Inject(ADMIN_API_CONFIG) private readonly config: AdminApiConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly authority: FleetAuthority,
    private readonly admission: Admission,
  ) {}

  /** Where it listens; null: it does not. */
  get port(): number | null {
    return (this.#server?.address() as AddressInfo | null | undefined)?.port ?? null;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { FLEET_PORT: port, FLEET_HOST: host } = this.config;
    if (port === undefined) return;
    let shown = await this.#certificate();
    const server = createServer(
      { ...shown.options, minVersion: 'TLSv1.3', requestTimeout: 15_000, headersTimeout: 10_000 },
      (request, response) => void this.#answer(request, response),
    );
    server.maxConnections = MAX_CONNECTIONS;
    server.on('tlsClientError', (error) =>
      this.logger.debug({ error: error.message }, 'a connection to the fleet port was refused'),
    );
    this.#timer = setInterval(() => {
      if (!isDueForRenewal(shown)) return;
      void this.#certificate().then((next) => {
        shown = next;
        server.setSecureContext(next.options);
      });
    }, LOOK_AT_CERTIFICATE_MS);
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) =>
        reject(
          new Error(`The fleet port cannot be opened (FLEET_HOST, FLEET_PORT): ${cause.message}`, { cause }),
        ),
      );
      server.listen(port, host, resolve);
    });
    this.logger.info({ host, port: this.port }, 'machines can join');
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    const server = this.#server;
    if (!server) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async #certificate() {
    const { FLEET_ADDRESS, FLEET_HOST } = this.config;
    const named = FLEET_ADDRESS?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    const hosts = [named ?? (isIP(FLEET_HOST) && FLEET_HOST !== '0.0.0.0' ? FLEET_HOST : hostname())];
    const authority = this.authority.required;
    const name = { role: 'api', id: 'control-plane' } as const;
    const issued = await authority.issue({ name, publicKey: createPublicKey(this.#key), hosts });
    const key = this.#key.export({ type: 'pkcs8', format: 'pem' });
    // The whole chain: who joins compares the authority's fingerprint with that of its line.
    return { ...issued, options: { key, cert: issued.pem + authority.pem } };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const peer = request.socket.remoteAddress;
    try {
      const answer = await this.#route(request);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    } catch (error) {
      const refusal = asProblem(error);
      this.logger[refusal.status >= 500 ? 'error' : 'warn'](
        {
          path: request.url,
          peer,
          status: refusal.status,
          error: (error as Error).message,
        },
        'a request to the fleet port was refused',
      );
      response
        .writeHead(refusal.status, { 'content-type': PROBLEM_TYPE, connection: 'close' })
        .end(JSON.stringify(toProblem(refusal.status, refusal.message)));
    }
  }

  async #route(request: IncomingMessage): Promise<object> {
    if (request.method === 'POST' && request.url === '/join')
      return this.admission.join(await bodyOf(request, JoinRequest));
    if (request.method === 'POST' && request.url === '/credentials')
      return this.admission.credentials(await bodyOf(request, CredentialsRequest));
    throw new ProblemError(
      404,
      'Machines join here: POST /join or /credentials. The REST API has its own port.',
    );
  }
}

async function bodyOf<T>(
  request: IncomingMessage,
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
): Promise<T> {
  const parsed = schema.safeParse(parseJson(await textOf(request)));
  if (!parsed.success)
    throw new ProblemError(400, 'The request is not understood: is the program there of the same version?');
  return parsed.data;
}

function textOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
      else reject(new ProblemError(413, 'The request is too long.'));
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString()));
    request.on('error', reject);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Nothing of an error that nobody foresaw is told to strangers. */
function asProblem(error: unknown): { status: number; message: string } {
  if (error instanceof ProblemError) return error;
  return { status: 500, message: 'The control plane failed; its log says why. Try again.' };
}
