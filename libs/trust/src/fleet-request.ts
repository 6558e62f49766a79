import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { connect } from 'node:tls';
import type { z } from 'zod';
import type { FleetAddress } from './credentials-folder.js';
import { nameIn } from './identity-name.js';
import { fingerprintOf } from './join-line.js';

const TIMEOUT_MS = 15_000;
const MAX_ANSWER_BYTES = 256 * 1024;

/** The control plane did not give what was asked for; `message` is for people. `retryable`: it was not there. */
export class FleetError extends Error {
  override readonly name = 'FleetError';
  constructor(
    message: string,
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * The authority's certificate as the server shows it, if it is the one with this fingerprint. Nothing is sent but the
 * greeting of TLS. @throws FleetError
 */
export async function fetchAuthority({ host, port }: FleetAddress, fingerprint: string): Promise<string> {
  const shown = await new Promise<X509Certificate | undefined>((resolve, reject) => {
    const socket = connect({
      host,
      port,
      minVersion: 'TLSv1.3',
      rejectUnauthorized: false,
      timeout: TIMEOUT_MS,
    });
    const fail = (cause: Error): void => {
      socket.destroy();
      reject(unreachable(host, port, cause));
    };
    socket.once('error', fail);
    socket.once('timeout', () => fail(new Error('no answer in time')));
    socket.once('secureConnect', () => {
      const root = topOf(socket.getPeerX509Certificate());
      socket.off('error', fail).on('error', () => undefined);
      socket.destroy();
      resolve(root);
    });
  });
  if (shown && fingerprintOf(shown) === fingerprint) return shown.toString();
  throw new FleetError(
    `${host}:${port} is not the control plane that this line is for: its certificate authority is another one. ` +
      'Nothing was sent to it. Make a new invitation, and ask who answers at that address.',
    false,
  );
}

/** Sends JSON over TLS to the server whose certificate the authority made out for the control plane. @throws FleetError */
export async function postToFleet<T extends z.ZodType>(
  { host, port }: FleetAddress,
  path: '/join' | '/credentials',
  body: object,
  authority: string,
  schema: T,
): Promise<z.output<T>> {
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request(
      {
        ...{ host, port, path, method: 'POST', ca: authority, minVersion: 'TLSv1.3', timeout: TIMEOUT_MS },
        ...{ agent: false, rejectUnauthorized: true, headers: { 'content-type': 'application/json' } },
        // Not the host's name counts, which may be any, but the role that the authority certified.
        checkServerIdentity: (_host: string, { raw }: { raw: Buffer }) =>
          nameIn(new X509Certificate(raw))?.role === 'api'
            ? undefined
            : new Error('its certificate is not that of a control plane'),
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > MAX_ANSWER_BYTES) sent.destroy(new Error('its answer is too long'));
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', (cause) => reject(unreachable(host, port, cause)));
      },
    );
    sent.once('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.once('error', (cause) => reject(unreachable(host, port, cause)));
    sent.end(JSON.stringify(body));
  });
  const answer = parsed(text);
  if (status !== 200)
    throw new FleetError(detailOf(answer) ?? `${host}:${port} answered ${status}.`, status >= 500);
  const checked = schema.safeParse(answer);
  if (!checked.success)
    throw new FleetError(`${host}:${port} answered what this version does not understand.`, false);
  return checked.data;
}

function topOf(certificate: X509Certificate | undefined): X509Certificate | undefined {
  let top = certificate;
  while (top?.issuerCertificate && top.issuerCertificate.fingerprint256 !== top.fingerprint256)
    top = top.issuerCertificate;
  return top;
}

function unreachable(host: string, port: number, cause: Error): FleetError {
  return new FleetError(
    `The control plane at ${host}:${port} cannot be reached: ${cause.message}. Is that port open from here?`,
    true,
    { cause },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function detailOf(answer: unknown): string | null {
  const detail = (answer as { detail?: unknown } | null)?.detail;
  return typeof detail === 'string' ? detail : null;
}
