import type { SettingsOf } from '@periodic-backup/contracts';
import type { AlertDeliveryRow } from '@periodic-backup/ledger';
import type { Outcome } from './http-call.js';

/** Sends one mail to all addresses. Its Message-ID is the delivery's: a doubled one is known by it. */
export async function sendEmail(
  settings: SettingsOf<'email'>,
  { id, message }: AlertDeliveryRow,
  timeoutMs: number,
): Promise<Outcome> {
  const { host, port, security, user, password, from, to, tlsCa } = settings;
  // Loaded when the first mail goes out: most have no such channel.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'plain',
    ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
    ...(tlsCa === null ? {} : { tls: { ca: tlsCa } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // A message is text of ours, never a file or page to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { accepted, rejected } = await transport.sendMail({
      from,
      to,
      subject: message.title,
      text: message.text,
      messageId: `<${id}@periodic-backup>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
      priority: message.severity === 'critical' ? 'high' : 'normal',
    });
    // Sending again would double it for those who have it.
    return rejected.length === 0
      ? {
          ok: true,
          result: `The server took it for ${accepted.length === 1 ? 'one address' : `${accepted.length} addresses`}.`,
        }
      : { ok: true, result: `The server took it, but refused ${rejected.map(String).join(', ')}.` };
  } catch (error) {
    return { ok: false, result: `The mail server: ${(error as Error).message.replace(/\.*$/, '.')}` };
  } finally {
    transport.close();
  }
}
