import type { ApiRoutes } from '@periodic-backup/contracts';

/** A route that changes something, as the contract writes it. */
export type ChangingRoute = Exclude<keyof ApiRoutes, `GET ${string}`>;

export interface AuditRule {
  readonly action: string;
  /** What the entry is about: a kind, and where its id is found. */
  readonly object: { readonly kind: string; readonly id: 'parameter' | 'answer' | 'caller' };
  /** Fields of the request whose values are not written down; all others are. */
  readonly secretFields: readonly string[];
}

const of = (kind: string): AuditRule['object'] => ({ kind, id: 'parameter' });
const made = (kind: string): AuditRule['object'] => ({ kind, id: 'answer' });
const rule = (action: string, object: AuditRule['object'], ...secretFields: string[]): AuditRule => ({
  ...{ action, object, secretFields },
});

/**
 * What the audit log says of each route that changes something. `null`: it changes nothing; `by itself`: what handles it
 * makes the entry. A new route that stands in no line here does not compile.
 */
export const AUDITED: Readonly<Record<ChangingRoute, AuditRule | 'by itself' | null>> = {
  'POST /plans': rule('plan.add', made('plan')),
  'PUT /plans/by-name/{agentId}/{name}': rule('plan.put', made('plan')),
  'PATCH /plans/{id}': rule('plan.change', of('plan')),
  'DELETE /plans/{id}': rule('plan.delete', of('plan')),
  'POST /plans/{id}/pause': rule('plan.pause', of('plan')),
  'POST /plans/{id}/resume': rule('plan.resume', of('plan')),
  'POST /plans/{id}/run': rule('plan.run', of('plan')),
  'POST /plans/{id}/verify': rule('plan.verify', of('plan')),
  'POST /plans/{id}/drill': rule('plan.drill', of('plan')),
  'POST /plans/{id}/retention/preview': null,
  'POST /plans/preview': null,
  'POST /runs/{id}/cancel': rule('run.cancel', of('run')),
  'PUT /snapshots/{id}/pin': rule('snapshot.pin', of('snapshot')),
  'DELETE /snapshots/{id}/pin': rule('snapshot.unpin', of('snapshot')),
  'POST /snapshots/{id}/restore': rule('snapshot.restore', of('snapshot')),
  'POST /snapshots/{id}/verify': rule('snapshot.verify', of('snapshot')),
  'PATCH /agents/{id}': rule('agent.change', of('agent')),
  'POST /agents/{id}/estimate': null,
  'POST /agents/{id}/check': null,
  'POST /agents/invitations': rule('agent.invite', made('agent')),
  'POST /agents/{id}/revoke': rule('agent.revoke', of('agent')),
  'POST /receivers': rule('receiver.start', made('receiver')),
  'DELETE /receivers/{id}': rule('receiver.stop', of('receiver')),
  'POST /receivers/invitations': rule('receiver.invite', made('receiver')),
  'POST /receivers/{id}/revoke': rule('receiver.revoke', of('receiver')),
  'PATCH /receivers/{id}': rule('receiver.change', of('receiver')),
  'PATCH /vaults/{id}': rule('vault.change', of('vault')),
  'POST /vaults/{id}/reindex': rule('vault.reindex', of('vault')),
  'POST /alert-rules': rule('alert-rule.add', made('alert-rule')),
  'PATCH /alert-rules/{id}': rule('alert-rule.change', of('alert-rule')),
  'DELETE /alert-rules/{id}': rule('alert-rule.delete', of('alert-rule')),
  'POST /alert-channels': rule('alert-channel.add', made('alert-channel'), 'settings'),
  'PATCH /alert-channels/{id}': rule('alert-channel.change', of('alert-channel'), 'settings'),
  'DELETE /alert-channels/{id}': rule('alert-channel.delete', of('alert-channel')),
  'POST /alert-channels/{id}/test': rule('alert-channel.test', of('alert-channel')),
  'PUT /me/password': rule('user.password', { kind: 'user', id: 'caller' }, 'currentPassword', 'newPassword'),
  'POST /session': 'by itself',
  'DELETE /session': 'by itself',
  'POST /users': rule('user.add', made('user'), 'password'),
  'PATCH /users/{id}': rule('user.change', of('user'), 'password'),
  'DELETE /users/{id}': 'by itself',
  'POST /tokens': rule('token.add', made('token')),
  'DELETE /tokens/{id}': rule('token.revoke', of('token')),
};
