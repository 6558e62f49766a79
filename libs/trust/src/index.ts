export { inWords, nameIn, uriOf, type IdentityName } from './identity-name.js';
export { keyIdOf } from './key-id.js';
export { publishOnce, replaceFile } from './publish-file.js';
export { loadOrCreatePrivateKey, newPrivateKey } from './private-key.js';
export {
  JoinLineError,
  fingerprintOf,
  hashOfToken,
  readJoinLine,
  writeJoinLine,
  type JoinLine,
} from './join-line.js';
export {
  CredentialsError,
  CredentialsFolder,
  type Credentials,
  type FleetAddress,
} from './credentials-folder.js';
export { FleetError, fetchAuthority, postToFleet } from './fleet-request.js';
export { joinFleet } from './join-fleet.js';
export { isDueForRenewal, refreshCredentials } from './renewal.js';
export { withUser, withoutUser } from './redis-address.js';
export { awaitCredentials } from './credentials-wait.js';
export { CredentialsKeeper, type KeeperEvents } from './credentials-keeper.js';
export { keeperOf } from './keeper-with-log.js';
export { variablesOf } from './member-environment.js';
export { dialReceiver, type DialOptions, type TransferCredentials } from './dial-receiver.js';
export { RefusalNotes } from './refusal-notes.js';
