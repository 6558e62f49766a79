import { z } from 'zod';

/** Where alerts go. What is secret is written once and never read back: views show `SECRET_MASK` in its place. */

export const SECRET_MASK = '••••••';

const notMasked = (text: string): boolean => !text.includes('•');
const masked = 'is the masked form: leave it out to keep what is stored';

const Secret = z.string().min(1, 'must not be empty').max(2000).refine(notMasked, masked);

const HttpUrl = z
  .url({ protocol: /^https?$/, error: 'must be a URL that begins with http:// or https://' })
  .max(2000)
  .refine(notMasked, masked)
  .refine((url) => {
    const parsed = URL.parse(url);
    return parsed !== null && parsed.username === '' && parsed.password === '';
  }, 'must not hold a user or password');

const MailAddress = z
  .string()
  .max(320)
  .regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/, 'must be an address such as ann@example.org');

/** `whsec_` and 24 to 64 bytes in base64. */
export const WebhookSecret = Secret.regex(
  /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/,
  'must be "whsec_" followed by 24 to 64 bytes in base64: make one with: echo "whsec_$(openssl rand -base64 32)"',
);

const Webhook = z.object({
  kind: z.literal('webhook'),
  url: HttpUrl,
  /** Signs each message as Standard Webhooks says. */
  secret: WebhookSecret,
});

const Email = z.object({
  kind: z.literal('email'),
  host: z
    .string()
    .min(1, 'must not be empty')
    .max(255)
    .regex(/^[^\s/@]+$/, 'must be a name or address'),
  port: z.int().min(1).max(65_535),
  /** tls: from the first byte (465). starttls: refused if the server cannot (587). plain: in the clear (25). */
  security: z.enum(['tls', 'starttls', 'plain']),
  user: z.string().min(1).max(320).nullable(),
  password: Secret.nullable(),
  /** An address, or `Name <address>`. */
  from: z
    .string()
    .max(400)
    .regex(
      /^([^<>\r\n]+<[^\s@<>,;"]+@[^\s@<>,;"]+>|[^\s@<>,;"]+@[^\s@<>,;"]+)$/,
      'must be an address such as backup@example.org or Backup <backup@example.org>',
    ),
  to: z.array(MailAddress).min(1, 'must name an address').max(100),
  /** PEM of the private CA that signed the server's certificate; null: the public ones. */
  tlsCa: z.string().startsWith('-----BEGIN CERTIFICATE-----', 'must be PEM').max(100_000).nullable(),
});

const Ntfy = z.object({
  kind: z.literal('ntfy'),
  /** Of the server, without the topic. */
  url: HttpUrl,
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/, 'must be letters, digits, "-" and "_", at most 64'),
  token: Secret.nullable(),
});

const Ping = z.object({
  planId: z.uuid('must be a UUID'),
  startUrl: HttpUrl.nullable(),
  successUrl: HttpUrl.nullable(),
  failUrl: HttpUrl.nullable(),
});

const Heartbeat = z.object({
  kind: z.literal('heartbeat'),
  method: z.enum(['GET', 'POST']),
  /** What a backup with files that could not be stored counts as. */
  partialCountsAs: z.enum(['success', 'fail']),
  /** URLs to call when a backup of the plan starts, is committed, or fails or is missed. Their paths are secret. */
  pings: z.array(Ping).min(1, 'must name a plan').max(1000),
});

/** With secrets. Never leaves the control plane. */
export const AlertChannelSettings = z.discriminatedUnion('kind', [Webhook, Email, Ntfy, Heartbeat]);
export type AlertChannelSettings = z.infer<typeof AlertChannelSettings>;
export type SettingsOf<K extends AlertChannelSettings['kind']> = Extract<AlertChannelSettings, { kind: K }>;

/**
 * As people write them. A secret that is left out stays as it is stored (a new channel has none). A webhook's secret
 * that is null, or missing in a new channel, is made and shown once.
 */
export const AlertChannelSettingsInput = z.discriminatedUnion('kind', [
  Webhook.extend({ secret: WebhookSecret.nullish() }).strict(),
  Email.extend({
    user: Email.shape.user.default(null),
    password: Email.shape.password.optional(),
    tlsCa: Email.shape.tlsCa.default(null),
  }).strict(),
  Ntfy.extend({
    url: Ntfy.shape.url.default('https://ntfy.sh'),
    token: Ntfy.shape.token.optional(),
  }).strict(),
  Heartbeat.extend({
    method: Heartbeat.shape.method.default('GET'),
    partialCountsAs: Heartbeat.shape.partialCountsAs.default('fail'),
    pings: z
      .array(
        Ping.extend({
          startUrl: HttpUrl.nullish(),
          successUrl: HttpUrl.nullish(),
          failUrl: HttpUrl.nullish(),
        }).strict(),
      )
      .min(1, 'must name a plan')
      .max(1000),
  }).strict(),
]);
export type AlertChannelSettingsInput = z.infer<typeof AlertChannelSettingsInput>;

/** As they lie in the ledger: only who has the key can open them. */
export interface SealedChannelSettings {
  readonly kind: AlertChannelSettings['kind'];
  readonly sealed: string;
}
/** Older versions stored them in the clear. */
export type StoredChannelSettings = SealedChannelSettings | AlertChannelSettings;

const ChannelName = z.string().trim().min(1, 'must not be empty').max(100);

export const AlertChannelInput = z
  .object({ name: ChannelName, enabled: z.boolean().default(true), settings: AlertChannelSettingsInput })
  .strict()
  .meta({ id: 'AlertChannelInput' });
export type AlertChannelInput = z.infer<typeof AlertChannelInput>;

/** What is left out stays. Settings are replaced whole, except for secrets that are left out; the kind stays. */
export const AlertChannelPatch = z
  .object({ name: ChannelName, enabled: z.boolean(), settings: AlertChannelSettingsInput })
  .partial()
  .strict()
  .meta({ id: 'AlertChannelPatch' });
export type AlertChannelPatch = z.infer<typeof AlertChannelPatch>;

const shownUrl = z.string();
export const AlertChannelView = z
  .object({
    id: z.uuid(),
    name: z.string(),
    enabled: z.boolean(),
    settings: z.discriminatedUnion('kind', [
      Webhook.extend({ url: shownUrl, secret: z.string() }),
      Email.extend({ password: z.string().nullable() }),
      Ntfy.extend({ url: shownUrl, token: z.string().nullable() }),
      Heartbeat.extend({
        pings: z.array(
          Ping.extend({
            startUrl: shownUrl.nullable(),
            successUrl: shownUrl.nullable(),
            failUrl: shownUrl.nullable(),
          }),
        ),
      }),
    ]),
    /** The secret of a webhook, in the one answer in which it is new. */
    newSecret: z.string().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'AlertChannel' });
export type AlertChannelView = z.infer<typeof AlertChannelView>;
