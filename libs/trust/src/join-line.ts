import { createHash, X509Certificate } from 'node:crypto';

/** What one machine tells another in one line, so that it can join: where, whom to believe, and the right to. */
export interface JoinLine {
  readonly host: string;
  readonly port: number;
  /** SHA-256 of the authority's certificate, hex. */
  readonly fingerprint: string;
  /** 256 bits, base64url. */
  readonly token: string;
}

/** The line is not one of ours, or was cut short on the way. */
export class JoinLineError extends Error {
  override readonly name = 'JoinLineError';
  readonly retryable = false;
}

const SHAPE =
  /^pbk-join:\/\/(\[[0-9a-f:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})\/([0-9a-f]{64})\/([A-Za-z0-9_-]{43})$/;

/** Nothing in it has a meaning to a shell. */
export function writeJoinLine({ host, port, fingerprint, token }: JoinLine): string {
  return `pbk-join://${host.includes(':') ? `[${host}]` : host}:${port}/${fingerprint}/${token}`;
}

/** @throws JoinLineError */
export function readJoinLine(text: string): JoinLine {
  const [, host = '', port = '', fingerprint = '', token = ''] = SHAPE.exec(text.trim()) ?? [];
  if (token === '' || Number(port) < 1 || Number(port) > 65_535)
    throw new JoinLineError(
      'This is no whole line to join with: copy all of what "pbk agents invite" printed, from "pbk-join://" to its end.',
    );
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port), fingerprint, token };
}

export function fingerprintOf(certificate: string | X509Certificate): string {
  const { raw } = typeof certificate === 'string' ? new X509Certificate(certificate) : certificate;
  return createHash('sha256').update(raw).digest('hex');
}

/** As the ledger keeps it: whoever reads it there cannot join with it. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
